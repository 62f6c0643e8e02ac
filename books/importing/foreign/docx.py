"""Word's files, by mammoth; what nobody sees in Word is taken out before."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree

import mammoth

from books.importing.foreign.archive import Archive
from books.importing.foreign.markup import read_page
from books.importing.foreign.nodes import decoded, read_nodes
from books.importing.foreign.shapes import Reading, Reason, Remark, Unreadable, require_little
from books.importing.foreign.splitting import chapters_of

_STYLES = "\n".join(
    (
        # A title stands above everything, so that headings move down by one.
        "p[style-name='Title'] => h1:fresh",
        *(f"p.Heading{level} => h{min(level + 1, 6)}:fresh" for level in range(1, 7)),
        *(
            f"p[style-name='{word} {level}'] => h{min(level + 1, 6)}:fresh"
            for word in ("Heading", "heading")
            for level in range(1, 7)
        ),
        *(
            f"p[style-name='{name}'] => blockquote > p:fresh"
            for name in ("Quote", "Intense Quote", "Block Text", "Quotations")
        ),
        *(f"r[style-name='{name}'] => em" for name in ("Emphasis", "Subtle Emphasis", "Intense Emphasis")),
        "small-caps => span.small-caps",
        # A table of contents says again what headings say.
        *(f"p[style-name='{word} {level}'] => !" for word in ("toc", "TOC", "Contents") for level in range(1, 10)),
        "p[style-name='TOC Heading'] => !",
    )
)
_MAIN = re.compile(r"word/[^/]+\.xml")
_RELATIONS = re.compile(r"(?:_rels|word/_rels)/[^/]+\.rels")
_TYPES = "[Content_Types].xml"
_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ON = frozenset({None, "1", "true", "on"})


def read(data: bytes) -> Reading:
    """Returns what the document shows. Raises Unreadable."""
    archive = Archive(data)
    if _TYPES not in archive.names or not any(map(_MAIN.fullmatch, archive.names)):
        raise Unreadable(Reason.ANOTHER_KIND)
    parts = {name: archive.read(name) for name in archive.names if _is_read(name)}
    if any(_DECLARATION.search(part.replace(b"\0", b"")) for part in parts.values()):
        # The format has no such declarations: who makes one means to have it expanded.
        raise Unreadable(Reason.BROKEN)
    require_little(tags=sum(part.count(b"<") for part in parts.values()))
    remarks: set[Remark] = set()

    def dropped(picture: Any) -> list[Any]:
        remarks.add(Remark.PICTURES)
        return []

    made = mammoth.convert_to_html(
        _packed(_seen(parts)), style_map=_STYLES, convert_image=dropped, include_embedded_style_map=False
    )
    if re.search(r'<li id="(?:foot|end)note-', made.value):
        remarks.add(Remark.FOOTNOTES)
    page = read_page(made.value)
    about = _about(archive)
    title, chapters = chapters_of(page.flow, title=about.get("title", ""))
    return Reading(
        title=title,
        author=about.get("creator", ""),
        language=about.get("language", ""),
        chapters=chapters,
        remarks=sorted(remarks | page.remarks),
    )


def _is_read(name: str) -> bool:
    return name == _TYPES or bool(_MAIN.fullmatch(name) or _RELATIONS.fullmatch(name))


def _packed(parts: Mapping[str, bytes]) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    packed.seek(0)
    return packed


def _about(archive: Archive) -> dict[str, str]:
    if "docProps/core.xml" not in archive.names:
        return {}
    root = read_nodes(decoded(archive.read("docProps/core.xml")))
    return {name: node.text for name in ("title", "creator", "language") if (node := root.first(name))}


def _seen(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Returns the parts without the words that Word hides, which mammoth knows nothing of."""
    if not any(b"vanish" in part.replace(b"\0", b"") for part in parts.values()):
        return dict(parts)
    trees = {name: ElementTree.fromstring(part) for name, part in parts.items() if _MAIN.fullmatch(name)}  # noqa: S314  # without declarations, and in a child process
    hiding = _hiding_styles(trees.values())
    for tree in trees.values():
        parents = {child: parent for parent in tree.iter() for child in parent}
        for run in [element for element in parents if _name(element) == "r"]:
            if _is_hidden(run, _style_around(run, parents), hiding):
                parents[run].remove(run)
    return {**parts, **{name: ElementTree.tostring(tree) for name, tree in trees.items()}}


def _hiding_styles(trees: Iterable[Any]) -> set[str | None]:
    """Returns the ids of styles that hide what has them, by themselves or by the style that they are based on."""
    said: dict[str | None, bool] = {}
    based: dict[str | None, str | None] = {}
    for tree in trees:
        for style in (element for element in tree.iter() if _name(element) == "style"):
            name = next((value for key, value in style.attrib.items() if key.endswith("}styleId")), None)
            vanish = _child(_child(style, "rPr"), "vanish")
            based[name] = _value(_child(style, "basedOn"))
            if vanish is not None:
                said[name] = _value(vanish) in _ON
    hiding = set()
    for name in based:
        at: str | None = name
        for _ in range(20):  # styles may be based on each other in a circle
            if at in said or at not in based:
                break
            at = based[at]
        if said.get(at):
            hiding.add(name)
    return hiding


def _style_around(run: Any, parents: Mapping[Any, Any]) -> str | None:
    at = run
    while at is not None and _name(at) != "p":
        at = parents.get(at)
    return _value(_child(_child(at, "pPr"), "pStyle"))


def _is_hidden(run: Any, paragraph_style: str | None, hiding: set[str | None]) -> bool:
    looks = _child(run, "rPr")
    vanish = _child(looks, "vanish")
    if vanish is not None:
        return _value(vanish) in _ON
    return _value(_child(looks, "rStyle")) in hiding or paragraph_style in hiding


def _child(element: Any, name: str) -> Any:
    return None if element is None else next((each for each in element if _name(each) == name), None)


def _value(element: Any) -> str | None:
    return None if element is None else next((v for key, v in element.attrib.items() if key.endswith("}val")), None)


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
