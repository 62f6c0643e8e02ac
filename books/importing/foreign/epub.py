"""EPUB 2 and 3: what the spine has in its order, parted by the table of contents.

Source: https://www.w3.org/TR/epub-33/ for packages and navigation, OPF 2.0.1 for `toc.ncx`.
"""

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from books.drafting.blocks import Block, Span
from books.drafting.storing import storable
from books.importing.foreign.archive import Archive
from books.importing.foreign.looks import Looks
from books.importing.foreign.markup import Page, read_page
from books.importing.foreign.nodes import Node, decoded, read_nodes, with_ends
from books.importing.foreign.shapes import Reading, Reason, Remark, Unreadable, require_little
from books.importing.foreign.splitting import Anchor, Heading, Piece, chapters_of

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
# What stands around a book and is none of its chapters. Source: EPUB 3 Structural Semantics Vocabulary.
_AROUND = frozenset(
    {"cover", "titlepage", "halftitlepage", "toc", "landmarks", "copyright-page", "imprint", "colophon", "loi", "index"}
)
# The same in EPUB 2. Source: OPF 2.0.1, section 2.6.
_AROUND_GUIDE = frozenset({"cover", "toc", "title-page", "copyright-page", "colophon", "loi", "lot", "index"})


@dataclass(frozen=True)
class _Item:
    path: str
    properties: frozenset[str]
    media_type: str


@dataclass
class _Package:
    archive: Archive
    path: str
    root: Node
    items: dict[str, _Item] = field(default_factory=dict)

    def said(self, name: str) -> str:
        metadata = self.root.first("metadata")
        found = metadata.first(name) if metadata else None
        return found.text if found else ""


@dataclass(frozen=True)
class _Entry:
    """A line of the table of contents; `fragment` is "" for the whole file."""

    level: int
    label: str
    path: str
    fragment: str


def read(data: bytes) -> Reading:
    """Returns the book's chapters as its table of contents has them; without one, as its headings do.

    Raises Unreadable.
    """
    package = _package(Archive(data))
    entries = _contents(package)
    pages = list(_pages(package, entries))
    flow, by_contents = _flow(pages, entries)
    title, chapters = chapters_of(flow, title=package.said("title"), by_contents=by_contents)
    remarks: set[Remark] = set().union(*(page.remarks for _, page in pages))
    return Reading(
        title=package.said("title") or title,
        author=", ".join(_creators(package)),
        language=package.said("language"),
        chapters=chapters,
        remarks=sorted(remarks),
    )


def _package(archive: Archive) -> _Package:
    if _CONTAINER not in archive.names:
        raise Unreadable(Reason.ANOTHER_KIND)
    rootfile = read_nodes(decoded(archive.read(_CONTAINER))).first("rootfile")
    path = rootfile.attributes.get("full-path", "") if rootfile else ""
    if path not in archive.names:
        raise Unreadable(Reason.BROKEN)
    package = _Package(archive, path, read_nodes(decoded(archive.read(path))))
    for item in package.root.all("item"):
        package.items[item.attributes.get("id", "")] = _Item(
            _resolved(path, item.attributes.get("href", ""))[0],
            frozenset(item.attributes.get("properties", "").split()),
            item.attributes.get("media-type", ""),
        )
    return package


def _creators(package: _Package) -> Iterator[str]:
    metadata = package.root.first("metadata")
    for creator in metadata.all("creator") if metadata else ():
        if creator.text:
            yield creator.text


def _resolved(base: str, href: str) -> tuple[str, str]:
    """Returns the path in the archive, and the fragment."""
    path, _, fragment = href.partition("#")
    if not path:
        return base, unquote(fragment)
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(path))), unquote(fragment)


def _contents(package: _Package) -> list[_Entry]:
    archive = package.archive
    nav = next((item.path for item in package.items.values() if "nav" in item.properties), "")
    if nav in archive.names:
        root = read_nodes(decoded(archive.read(nav)))
        lists = [each for each in root.all("nav") if "toc" in each.attributes.get("type", "").split()]
        if lists and (entries := list(_of_list(lists[0].first("ol"), nav, 1))):
            return entries
    ncx = next((item.path for item in package.items.values() if item.media_type == "application/x-dtbncx+xml"), "")
    if ncx in archive.names:
        points = read_nodes(decoded(archive.read(ncx))).first("navmap")
        return list(_of_points(points, ncx, 1))
    return []


def _of_list(listing: Node | None, base: str, level: int) -> Iterator[_Entry]:
    for item in listing.children if listing else ():
        if item.name != "li":
            continue
        link = next((child for child in item.children if child.name in ("a", "span")), None)
        below = list(_of_list(next((child for child in item.children if child.name == "ol"), None), base, level + 1))
        if link:
            href = link.attributes.get("href", "")
            # A volume that leads nowhere stands where its first chapter does.
            place = _resolved(base, href) if href else (below[0].path, below[0].fragment) if below else None
            if place and link.text:
                yield _Entry(level, link.text, *place)
        yield from below


def _of_points(points: Node | None, base: str, level: int) -> Iterator[_Entry]:
    for point in points.children if points else ():
        if point.name == "navpoint":
            label, content = point.first("navlabel"), point.first("content")
            if label and label.text and content:
                yield _Entry(level, label.text, *_resolved(base, content.attributes.get("src", "")))
            yield from _of_points(point, base, level + 1)


def _pages(package: _Package, entries: Sequence[_Entry]) -> Iterator[tuple[str, Page]]:
    """Yields the pages of the story by path, in reading order."""
    archive = package.archive
    wanted: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        wanted[entry.path].add(entry.fragment)
    spine = [reference for reference in package.root.all("itemref") if reference.attributes.get("linear") != "no"]
    items = [package.items.get(reference.attributes.get("idref", "")) for reference in spine]
    story = [item for item in items if item and "nav" not in item.properties and item.path in archive.names]
    if not story:
        raise Unreadable(Reason.BROKEN)
    locked = decoded(archive.read(_ENCRYPTION)) if _ENCRYPTION in archive.names else ""
    around = {
        _resolved(package.path, reference.attributes.get("href", ""))[0]
        for guide in package.root.all("guide")
        for reference in guide.children
        if reference.attributes.get("type", "").lower() in _AROUND_GUIDE
    }
    looks = Looks()
    for item in package.items.values():
        if item.media_type == "text/css" and item.path in archive.names:
            looks.learn(decoded(archive.read(item.path)))
    tags = 0
    for item in story:
        if f'"{item.path}"' in locked:
            raise Unreadable(Reason.ENCRYPTED)
        if item.path not in around:
            html = decoded(archive.read(item.path))
            tags += html.count("<")
            require_little(tags=tags)
            page = read_page(with_ends(html), looks, wanted[item.path])
            if not page.types & _AROUND:
                yield item.path, page


def _flow(pages: Sequence[tuple[str, Page]], entries: Sequence[_Entry]) -> tuple[list[Piece], bool]:
    """Returns the whole book, and whether it is parted by its contents."""
    at: dict[tuple[str, str], list[_Entry]] = defaultdict(list)
    for entry in entries:
        at[entry.path, entry.fragment].append(entry)
    if not any(entry.path == path for path, _ in pages for entry in entries):
        return [piece for _, page in pages for piece in page.flow], False
    flow: list[Piece] = []
    for path, page in pages:
        found = {piece.name for piece in page.flow if isinstance(piece, Anchor)}
        # What leads to a place that is not there leads to its file.
        begin = [entry for entry in entries if entry.path == path and entry.fragment not in found]
        flow += [Heading(entry.level, entry.label) for entry in begin]
        said = [entry.label for entry in begin]
        for piece in page.flow:
            if isinstance(piece, Anchor):
                here = at[path, piece.name]
                flow += [Heading(entry.level, entry.label) for entry in here]
                said += [entry.label for entry in here]
            elif not isinstance(piece, Heading):
                flow.append(piece)
                said = []
            elif not any(_says(label, piece.words) for label in said):
                flow.append(storable(Block((Span(piece.words),), "heading", 2 if piece.level <= 2 else 3)))
    return flow, True


def _says(label: str, words: str) -> bool:
    """Tells whether a heading only repeats what the contents call it."""
    one, other = _letters(label), _letters(words)
    return bool(other) and (other in one or one in other)


def _letters(words: str) -> str:
    return "".join(character for character in words.casefold() if character.isalnum())
