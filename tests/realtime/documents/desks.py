"""People at an editor with blocks of text: what it writes when they type, split, join, move, format and change kinds.

As y-tiptap has it: what is split off or joined on is taken out of the one text and put into another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from realtime.documents.clashes import Clash, Clashes
from realtime.documents.outline import Outline
from realtime.documents.updates import read_update
from tests.realtime.documents.wire import SHAPE

SERVER = 1


def beginning(paragraphs: Sequence[str]) -> bytes:
    doc: Doc[Any] = Doc(client_id=SERVER)
    root = doc.get("text", type=XmlFragment)
    with doc.transaction():
        for text in paragraphs:
            _insert(root, len(root.children), text)
    return doc.get_update()


def _insert(root: XmlFragment, at: int, text: str) -> None:
    block = root.children.insert(at, XmlElement("block"))
    block.children.append(XmlText(text))


class Desk:
    """One open copy, which hears of nobody by itself. `sent` are its changes. Texts are ASCII."""

    def __init__(self, client: int, state: bytes) -> None:
        self.client = client
        self.doc: Doc[Any] = Doc(client_id=client)
        self.doc.apply_update(state)
        self.root = self.doc.get("text", type=XmlFragment)
        self.sent: list[bytes] = []
        self._watch = self.doc.observe(lambda event: self.sent.append(bytes(event.update)))

    @property
    def texts(self) -> list[str]:
        return ["".join(part for part, _ in _text(block).diff()) for block in self.root.children]

    def type(self, block: int, at: int, words: str) -> None:
        _text(self.root.children[block]).insert(at, words)

    def delete(self, block: int, start: int, end: int) -> None:
        del _text(self.root.children[block])[start:end]

    def split(self, block: int, at: int) -> None:
        text, whole = _text(self.root.children[block]), self.texts[block]
        with self.doc.transaction():
            del text[at : len(whole)]
            _insert(self.root, block + 1, whole[at:])

    def join(self, block: int) -> None:
        """Joins the block behind it on."""
        mine, theirs = self.texts[block : block + 2]
        with self.doc.transaction():
            _text(self.root.children[block]).insert(len(mine), theirs)
            del self.root.children[block + 1]

    def move(self, block: int, to: int) -> None:
        whole = self.texts[block]
        with self.doc.transaction():
            del self.root.children[block]
            _insert(self.root, to, whole)

    def remove(self, block: int) -> None:
        del self.root.children[block]

    def format(self, block: int, start: int, end: int) -> None:
        _text(self.root.children[block]).format(start, end, {"bold": {}})

    def kind(self, block: int, kind: str) -> None:
        self.root.children[block].attributes["kind"] = kind

    def whole(self, before: bytes) -> bytes:
        """Returns all changes as one, as somebody sends them who comes back."""
        return self.doc.get_update(before)


def _text(block: Any) -> XmlText:
    [text] = block.children
    assert isinstance(text, XmlText)
    return text


@dataclass
class Server:
    """A copy that is asked about every change, as the engine's are."""

    state: bytes
    found: list[Clash] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.outline = Outline()
        self.clashes = Clashes(self.outline)
        self.desk = Desk(2, self.state)
        self._note(self.state)

    def take(self, update: bytes) -> list[Clash]:
        self.desk.doc.apply_update(update)
        found = self._note(update)
        self.found += found
        return found

    def _note(self, data: bytes) -> list[Clash]:
        update = read_update(data, SHAPE)
        self.outline.check(update)
        self.outline.add(update)
        return self.clashes.take(update)
