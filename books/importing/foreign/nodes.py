"""XML of a package as a tree of names without prefixes; no entity of its own is ever expanded.

Read by HTML's parser, which knows none, calls itself nowhere and forgives what is not quite well-formed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from books.importing.foreign.encodings import decoded_as
from books.importing.foreign.markup import MOST_DEPTH
from books.importing.foreign.parsing import Parser
from books.importing.foreign.shapes import Reason, Unreadable

_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding=["']([A-Za-z0-9._-]+)["']""")
# What HTML's parser reads to a closing tag, even where XML has closed it already.
_CLOSED = re.compile(r"<(title|script|style|textarea|iframe)\b([^<>]*?)/>", re.IGNORECASE)


@dataclass
class Node:
    """An element: its name without prefix and its attributes' too, in small letters."""

    name: str
    attributes: dict[str, str]
    children: list["Node"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All words in it, on one line."""
        said = "".join([*self.pieces, *(child.text for child in self.children)]) if self.children else self.own
        return " ".join(said.split())

    @property
    def own(self) -> str:
        return "".join(self.pieces)

    def all(self, name: str) -> Iterator["Node"]:
        """Yields every element of that name below, in order."""
        waiting = list(reversed(self.children))
        while waiting:
            node = waiting.pop()
            if node.name == name:
                yield node
            waiting.extend(reversed(node.children))

    def first(self, name: str) -> "Node | None":
        return next(self.all(name), None)


def read_nodes(source: str) -> Node:
    """Returns a root above everything. Raises Unreadable for what is nested too deep."""
    reader = _Reader()
    reader.feed(with_ends(source))
    reader.close()
    return reader.root


def with_ends(xhtml: str) -> str:
    """Returns XHTML as HTML's parser takes it: `<title/>` with an end of its own."""
    return _CLOSED.sub(r"<\1\2></\1>", xhtml)


def decoded(data: bytes) -> str:
    """Returns XML as text; what is not of the encoding that it says is replaced."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    declared = _DECLARED.match(data[:200].lstrip())
    try:
        return decoded_as(data, declared[1].decode() if declared else "utf-8")
    except LookupError:
        return data.decode("utf-8", "replace")


class _Reader(Parser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(_bare(tag), {_bare(name): value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        self._open.append(node)
        if len(self._open) > MOST_DEPTH:
            raise Unreadable(Reason.TOO_DEEP)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        name = _bare(tag)
        if any(node.name == name for node in self._open[1:]):
            while self._open.pop().name != name:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].pieces.append(data)

    def unknown_decl(self, data: str) -> None:
        if data.startswith("CDATA["):
            self.handle_data(data.removeprefix("CDATA["))


def _bare(name: str) -> str:
    return name.rpartition(":")[2]
