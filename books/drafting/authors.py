"""A draft's words with who wrote them, paragraph by paragraph. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from books.drafting.blocks import Block, HardBreak, Image
from books.drafting.content import ROOT, content_of, nodes_of, shown
from realtime.documents import Stretch


class Words(NamedTuple):
    """Words of one person, a new line for a hard break; `user_id` None: they came by other ways than the studio."""

    user_id: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block as the editor shows it, and its words in order; a scene break has none."""

    block: Block
    words: tuple[Words, ...]


def paragraphs(doc: Doc[Any], texts: Sequence[Sequence[Stretch]]) -> list[Paragraph]:
    """Returns the blocks that the document holds; `texts` are its texts' stretches, in its order."""
    with doc.transaction():
        # A node that is read twice is two objects, of one hash: that of who made it, and when.
        of_text = dict(zip(map(hash, _texts(doc.get(ROOT, type=XmlFragment))), texts, strict=True))
        return [
            Paragraph(shown(block), tuple(_joined(_words(content_of(node).parts, of_text))))
            for node, block in nodes_of(doc)
        ]


def _texts(parent: XmlFragment | XmlElement) -> Iterator[XmlText]:
    waiting = [iter(parent.children)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
        elif isinstance(child, XmlText):
            yield child
        else:
            waiting.append(iter(child.children))


def _words(parts: Sequence[tuple[Any, Any]], of_text: dict[int, Sequence[Stretch]]) -> Iterator[Words]:
    last: int | None = None
    for node, part in parts:
        if isinstance(part, HardBreak | Image):
            # Who put it in is not told of what is no letter: it goes with what it follows.
            yield Words(last, "\n" if isinstance(part, HardBreak) else part.alt)
            continue
        for words in _cut("".join(span.text for span in part), of_text[hash(node)]):
            last = words.user_id
            yield words


def _cut(text: str, stretches: Sequence[Stretch]) -> Iterator[Words]:
    # Stretches count UTF-16, as JavaScript does.
    units = text.encode("utf-16-le", "surrogatepass")
    at = 0
    for user_id, length in stretches:
        yield Words(user_id, units[at : at + 2 * length].decode("utf-16-le", "replace"))
        at += 2 * length


def _joined(words: Iterator[Words]) -> Iterator[Words]:
    waiting: Words | None = None
    for one in words:
        if waiting is None or waiting.user_id != one.user_id:
            if waiting:
                yield waiting
            waiting = one
        else:
            waiting = Words(one.user_id, waiting.text + one.text)
    if waiting:
        yield waiting
