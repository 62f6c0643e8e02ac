"""HTML of any origin as headings and blocks. Iterative: however deep it is nested, nothing calls itself."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from books.drafting.blocks import Block, HardBreak, Inline, Mark, Span
from books.importing.foreign.looks import Looks
from books.importing.foreign.parsing import Parser
from books.importing.foreign.shapes import Reason, Remark, Unreadable, require_little
from books.importing.foreign.splitting import Anchor, Aside, Heading, Piece
from books.importing.foreign.tidying import blocks_of, is_ornament, line_of

MOST_DEPTH = 500
"""Elements in each other. Programs that write a hundred are known."""

_MARKS: dict[str, Mark] = {
    **dict.fromkeys(("em", "i", "cite", "dfn", "var"), "italic"),
    **dict.fromkeys(("strong", "b"), "bold"),
    **dict.fromkeys(("s", "strike", "del"), "strike"),
}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


def _names(said: str) -> frozenset[str]:
    return frozenset(said.split())


_BLOCKS = _names(
    "address article aside blockquote body center dd details div dl dt fieldset figure footer form header html li main"
    " ol p pre section summary table tbody td tfoot th thead tr ul"
)
_UNSEEN = _names(
    "audio button canvas figcaption head iframe math nav noscript object rp rt script select style svg template"
    " textarea title video"
)
_NEVER_CLOSED = _names("area base br col embed hr img input link meta param source track wbr")
_PICTURES = frozenset({"img", "svg", "video", "audio", "object", "canvas"})
# What a start tag closes, and what it does not look beyond. Source: HTML, section 13.1.2.4, optional tags.
_CLOSES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol"})),
    **dict.fromkeys(("dt", "dd"), (frozenset({"dt", "dd"}), frozenset({"dl"}))),
    **dict.fromkeys(("td", "th"), (frozenset({"td", "th"}), frozenset({"tr", "table"}))),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
}
_ADDRESS = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)


@dataclass
class Page:
    """What a page holds. `types` are the kinds (`epub:type`) of what stands around its first words."""

    flow: list[Piece] = field(default_factory=list)
    title: str = ""
    author: str = ""
    language: str = ""
    types: set[str] = field(default_factory=set)
    remarks: set[Remark] = field(default_factory=set)


def read_page(html: str, looks: Looks | None = None, anchors: Collection[str] = ()) -> Page:
    """Returns what is seen of the page, in order; of places with an id those in `anchors`.

    Left out are pictures, navigation, scripts and what is hidden; cells of tables are paragraphs. Links stay that lead
    elsewhere. Raises Unreadable.
    """
    require_little(tags=html.count("<"))
    reader = _Reader(looks or Looks(), frozenset(anchors))
    reader.feed(html)
    reader.close()
    reader.end()
    return reader.page


@dataclass
class _Element:
    tag: str
    marks: frozenset[Mark] = frozenset()
    without: frozenset[Mark] = frozenset()
    is_unseen: bool = False
    is_aside: bool = False
    link: str | None = None
    depth: int = 0
    """Of a list: how far in its items are."""
    is_begun: bool = False
    """Of an item: its first words were there."""


class _Reader(Parser):
    def __init__(self, looks: Looks, anchors: frozenset[str]) -> None:
        super().__init__()
        self.page = Page()
        self._looks = looks
        self._anchors = anchors
        self._open: list[_Element] = []
        self._tags: Counter[str] = Counter()
        self._marks: Counter[Mark] = Counter()
        self._without: Counter[Mark] = Counter()
        self._unseen = 0
        self._asides = 0
        self._inlines: list[Inline] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self._close_before(tag)
        if tag in _BLOCKS or tag in _HEADINGS or tag == "hr":
            self.end()
        self._note(tag, attributes)
        if tag not in _NEVER_CLOSED:
            self._push(self._element(tag, attributes))
        elif not self._unseen and tag == "br":
            self._inlines.append(HardBreak())
        elif not self._unseen and tag == "hr":
            self.page.flow.append(Block(kind="break"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _NEVER_CLOSED:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS or tag in _HEADINGS:
            self.end()
        if tag == "br":
            self._inlines.append(HardBreak())
        elif self._tags[tag]:
            while self._pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._tags["title"] and not self.page.title and self._unseen:
            self.page.title = " ".join(data.split())
        elif self._tags["style"]:
            self._looks.learn(data)
        elif not self._unseen:
            marks = frozenset((+self._marks).keys() - (+self._without).keys())
            link = next((one.link for one in reversed(self._open) if one.tag == "a"), None) if self._tags["a"] else None
            for number, line in enumerate(data.split("\n") if self._tags["pre"] else [data]):
                if number:
                    self._inlines.append(HardBreak())
                self._inlines.append(Span(line, marks, link))

    def unknown_decl(self, data: str) -> None:
        if data.startswith("CDATA["):
            self.handle_data(data.removeprefix("CDATA["))

    def end(self) -> None:
        """Makes a piece of the words that have gathered."""
        require_little(paragraphs=len(self.page.flow))
        inlines, self._inlines = self._inlines, []
        if not any(isinstance(one, Span) and not one.text.isspace() and one.text for one in inlines):
            return
        heading = next((one.tag for one in reversed(self._open) if one.tag in _HEADINGS), None)
        if heading is not None and not self._asides:
            words = line_of(inlines)
            self.page.flow.append(Block(kind="break") if is_ornament(words) else Heading(_HEADINGS[heading], words))
            return
        for block in self._blocks(inlines, heading):
            self.page.flow.append(Aside(block) if self._asides else block)

    def _blocks(self, inlines: list[Inline], heading: str | None) -> list[Block]:
        if heading is not None:
            return list(blocks_of(inlines, "heading", level=_HEADINGS[heading]))
        item = next((one for one in reversed(self._open) if one.tag in ("li", "blockquote")), None)
        if item is None:
            return list(blocks_of(inlines))
        if item.tag == "blockquote":
            return list(blocks_of(inlines, "quote"))
        around = next((one for one in reversed(self._open) if one.tag in ("ul", "ol")), None)
        if around is None or item.is_begun:
            return list(blocks_of(inlines))
        item.is_begun = True
        first, *others = blocks_of(inlines, "item", level=around.depth, ordered=around.tag == "ol") or [Block()]
        return [first, *blocks_of([one for block in others for one in block.inlines])]

    def _element(self, tag: str, attributes: Mapping[str, str]) -> _Element:
        look = self._looks.of(attributes)
        marks = look.marks | ({_MARKS[tag]} if tag in _MARKS else frozenset())
        classes = attributes.get("class", "").split()
        if "small-caps" in classes or "smallcaps" in classes:
            marks |= {"smallCaps"}
        element = _Element(tag, frozenset(marks - look.without), look.without)
        element.is_unseen = tag in _UNSEEN or look.is_hidden or "hidden" in attributes
        element.is_aside = tag == "aside" and attributes.get("role") == "note"
        if tag == "a" and _ADDRESS.match(attributes.get("href", "")):
            element.link = attributes["href"]
        if tag in ("ul", "ol"):
            # A list may say itself how far in it is, as ours do: theirs are one item each.
            said = next((int(name[-1]) for name in classes if name in ("level-2", "level-3")), 1)
            element.depth = max(said, 1 + max((one.depth for one in self._open), default=0))
        return element

    def _note(self, tag: str, attributes: Mapping[str, str]) -> None:
        page = self.page
        if tag == "meta" and attributes.get("name", "").lower() == "author":
            page.author = " ".join(attributes.get("content", "").split())
        elif tag == "html":
            page.language = attributes.get("lang") or attributes.get("xml:lang", "")
        if self._unseen:
            return
        if tag in _PICTURES:
            page.remarks.add(Remark.PICTURES)
        elif tag == "table":
            page.remarks.add(Remark.TABLES)
        if not page.flow and tag in ("body", "section", "nav", "div", "article"):
            page.types |= set(attributes.get("epub:type", "").split())
        if (name := attributes.get("id")) and name in self._anchors:
            self.end()
            page.flow.append(Anchor(name))

    def _close_before(self, tag: str) -> None:
        if self._tags["p"] and (tag in _BLOCKS or tag in _HEADINGS or tag == "hr"):
            self._close({"p"}, frozenset({"td", "th", "li", "object", "button"}))
        if tag in _CLOSES:
            self._close(*_CLOSES[tag])

    def _close(self, tags: Collection[str], within: frozenset[str]) -> None:
        for at in reversed(range(len(self._open))):
            if self._open[at].tag in within:
                return
            if self._open[at].tag in tags:
                self.end()
                while len(self._open) > at:
                    self._pop()
                return

    def _push(self, element: _Element) -> None:
        if len(self._open) >= MOST_DEPTH:
            raise Unreadable(Reason.TOO_DEEP)
        self._open.append(element)
        self._count(element, 1)

    def _pop(self) -> str:
        element = self._open.pop()
        self._count(element, -1)
        return element.tag

    def _count(self, element: _Element, by: int) -> None:
        self._tags[element.tag] += by
        self._unseen += by * element.is_unseen
        self._asides += by * element.is_aside
        for mark in element.marks:
            self._marks[mark] += by
        for mark in element.without:
            self._without[mark] += by
