"""A draft's shared document, read as blocks, and its first state.

The root `text` holds elements `block`, each with the attributes `kind`, `level`, `ordered` and `id` (an absent one says
the default), and in each block texts with marks, elements `hardBreak` and `image`. Nothing else is written here. What
else is found, since somebody wrote past the editor, is read as plain text or left out, and raises nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, TypeAlias, get_args

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from books.drafting.blocks import LEVELS, Block, HardBreak, Image, Inline, Kind, Mark, Span, is_empty, normal
from books.paragraphs import ID

ROOT = "text"
BLOCK = "block"
HARD_BREAK = "hardBreak"
IMAGE = "image"
MARKS: tuple[Mark, ...] = get_args(Mark)
KINDS: tuple[Kind, ...] = get_args(Kind)

FIRST_CLIENT_ID = 1
"""Who writes first states: always the same, so that two processes that make one at the same time write the same bytes,
and a document that hears both holds the text once. A browser that happens to draw this number may not write with it."""

Node: TypeAlias = XmlElement | XmlText
Part: TypeAlias = tuple[Span, ...] | HardBreak | Image
"""A text, as its spans, or a thing between texts."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a block: texts, each with its spans, and things between them.

    `is_plain` tells that there is nothing else, so that places in the texts and in the block are what they seem.
    """

    parts: tuple[tuple[Node, Part], ...]
    is_plain: bool

    def inlines(self) -> tuple[Inline, ...]:
        """Returns what is read, in order."""
        return tuple(chain.from_iterable(part if isinstance(part, tuple) else (part,) for _, part in self.parts))


def blocks_of(doc: Doc[Any]) -> list[Block]:
    """Returns the blocks that the document holds, whatever else is in it. Work grows with its size.

    20,000 paragraphs take 1.3 s, 500,000 characters in one 15 ms, 250,000 spans 5 s; most of it with the GIL held.
    """
    return [shown(block) for _, block in nodes_of(doc)]


def nodes_of(doc: Doc[Any]) -> list[tuple[Node, Block]]:
    """Returns what stands at the root and is read as a block, and the block as it is written there, not yet normal."""
    with doc.transaction():
        found = []
        for node in doc.get(ROOT, type=XmlFragment).children:
            if isinstance(node, Node):
                inlines = content_of(node).inlines()
                if inlines or is_block(node):
                    found.append((node, block_of(node, inlines)))
        return found


def is_block(node: Node | XmlFragment) -> bool:
    """Tells whether this is a block as the schema has it, not something that is merely read as one."""
    return isinstance(node, XmlElement) and node.tag == BLOCK


def block_of(node: Node, inlines: tuple[Inline, ...]) -> Block:
    """Returns a block with the node's attributes as far as they say something: odd ones count as absent."""
    attributes: Any = node.attributes
    said: dict[str, Any] = dict(attributes)
    kind, name, ordered = said.get("kind"), said.get("id"), said.get("ordered")
    return Block(
        inlines,
        kind=kind if isinstance(kind, str) and kind in KINDS else "paragraph",
        level=_level(said.get("level")),
        ordered=ordered is True or ordered == "true",
        id=name if isinstance(name, str) and ID.fullmatch(name) else None,
    )


def _level(said: Any) -> int:
    try:
        return int(float(said)) if isinstance(said, float | str) else 0
    except (ValueError, OverflowError):
        return 0


def shown(block: Block) -> Block:
    """Returns a block that was read as the editor shows it, normal.

    A break in which somebody has typed, while another made a break of it, is a paragraph: nobody's words are hidden.
    """
    if block.kind == "heading" and block.level != LEVELS["heading"][1]:
        block = replace(block, level=0)
    as_text = replace(block, kind="paragraph")
    return normal(as_text if block.kind == "break" and not is_empty(as_text) else block)


def content_of(node: Node) -> Content:
    """Returns what is in a block, in the order in which it is read; what is nested deeper counts as the block's own."""
    if isinstance(node, XmlText):
        spans, _ = _spans(node)
        return Content(((node, spans),) if spans else (), is_plain=False)
    children = list(node.children)
    is_plain = len(children) == len(node.children)
    parts: list[tuple[Node, Part]] = []
    waiting = [iter(children)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
        elif isinstance(child, XmlText):
            spans, has_text_only = _spans(child)
            is_plain = is_plain and has_text_only and len(waiting) == 1
            parts.append((child, spans))
        elif isinstance(child, XmlElement) and child.tag in (HARD_BREAK, IMAGE):
            is_plain = is_plain and len(waiting) == 1 and not len(child.children)
            parts.append((child, HardBreak() if child.tag == HARD_BREAK else _image(child)))
        else:
            is_plain = False
            waiting.append(iter(child.children))
    return Content(tuple(parts), is_plain)


def _spans(text: XmlText) -> tuple[tuple[Span, ...], bool]:
    """Returns the spans of a text, and whether it holds nothing but characters."""
    pieces = text.diff()
    spans = [Span(piece, *look(said or {})) for piece, said in pieces if isinstance(piece, str)]
    return tuple(spans), len(spans) == len(pieces)


def look(said: Mapping[str, Any]) -> tuple[frozenset[Mark], str | None]:
    """Returns the marks and the link of a piece; an editor takes a mark with any value for the mark."""
    link = said.get("link")
    href = link.get("href") if isinstance(link, dict) else None
    marks = frozenset(mark for mark in MARKS if said.get(mark) is not None)
    return marks, href if isinstance(href, str) else None


def _image(element: XmlElement) -> Image:
    src, alt = element.attributes.get("src"), element.attributes.get("alt")
    return Image(src if isinstance(src, str) else "", alt if isinstance(alt, str) else "")


def initial(blocks: Sequence[Block]) -> bytes:
    """Returns one update that makes this text in an empty document: the same blocks, the same bytes.

    20,000 paragraphs take 1 s. An update of other bytes for the same blocks would double the text of a document that
    another process has begun: a test holds them, and who changes them begins a new epoch.
    """
    doc: Doc[Any] = Doc(client_id=FIRST_CLIENT_ID)
    root = doc.get(ROOT, type=XmlFragment)
    with doc.transaction():
        # The library walks to each place from the start: at the front there is no way to go.
        for block in reversed(blocks):
            insert(root, 0, normal(block))
    return doc.get_update()


def insert(root: XmlFragment, at: int, block: Block) -> None:
    """Puts a normal block in, as a new element."""
    element = root.children.insert(at, XmlElement(BLOCK))
    for name, value in attributes_of(block).items():
        element.attributes[name] = value
    if block.kind != "break":
        fill(element, block.inlines)


def attributes_of(block: Block) -> dict[str, Any]:
    """Returns the attributes that a normal block has to have: what is not the default."""
    said: dict[str, Any] = {}
    if block.kind != "paragraph":
        said["kind"] = block.kind
    if block.level != LEVELS.get(block.kind, (0, 0))[0]:
        said["level"] = block.level
    if block.ordered:
        said["ordered"] = True
    if block.id is not None:
        said["id"] = block.id
    return said


def fill(element: XmlElement, inlines: Sequence[Inline]) -> None:
    """Puts normal inlines into an element that is empty; where there are none, a text that people can type into.

    Without it two who begin at once would each make a text of their own, and stand beside each other.
    """
    for run in reversed(list(_runs(inlines)) or [[]]):
        if isinstance(run, list):
            write(element.children.insert(0, XmlText()), 0, run)
        else:
            insert_thing(element, 0, run)


def insert_thing(element: XmlElement, at: int, thing: HardBreak | Image) -> None:
    """Puts a hard break or an image in, as a new element."""
    made = element.children.insert(at, XmlElement(HARD_BREAK if isinstance(thing, HardBreak) else IMAGE))
    if isinstance(thing, Image):
        made.attributes["src"] = thing.src
        made.attributes["alt"] = thing.alt


def write(text: XmlText, at: int, spans: Sequence[Span]) -> None:
    """Puts spans into a text, at a place in bytes of UTF-8, which must be between two of its characters."""
    for span in reversed(spans):
        # The library writes several marks at once in an order of chance.
        said = list(said_of(span.marks, span.link).items())
        text.insert(at, span.text, dict(said[:1]))
        for name, value in said[1:]:
            text.format(at, at + len(span.text.encode()), {name: value})


def said_of(marks: frozenset[Mark], link: str | None) -> dict[str, Any]:
    """Returns the formatting attributes that say this, as the editor writes them, always in the same order."""
    said: dict[str, Any] = {mark: {} for mark in MARKS if mark in marks}
    if link is not None:
        said["link"] = {"href": link}
    return said


def _runs(inlines: Sequence[Inline]) -> Iterator[list[Span] | HardBreak | Image]:
    """Yields things, and what stands between them as one run: neighbouring texts are one text."""
    run: list[Span] = []
    for one in inlines:
        if isinstance(one, Span):
            run.append(one)
            continue
        if run:
            yield run
        run = []
        yield one
    if run:
        yield run
