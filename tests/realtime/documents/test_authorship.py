"""Who wrote which letters: compared with letters that say it."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pycrdt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import XmlElement, XmlFragment, XmlText

from realtime import documents
from realtime.documents.authorship import clients_of_texts
from realtime.documents.updates import read_update
from realtime.errors import NotFound
from tests.realtime.app.events import HallRoom
from tests.realtime.app.papers import BEGINNING, PaperRoom
from tests.realtime.documents import editing
from tests.realtime.documents.editing import Session
from tests.realtime.documents.wire import SHAPE
from tests.realtime.documents.writers import Writer
from tests.realtime.halls import Connect, connect, hub

__all__ = ["connect", "hub"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.either_database]


class Lettered(Session):
    """People who write nothing but letters of their own, some of them of two units."""

    def _act(self, person: int) -> None:
        doc = self._docs[person]
        letters = (chr(0x41 + person), chr(0x1D400 + person))
        with pytest.MonkeyPatch.context() as patch, doc.transaction():
            patch.setattr(editing, "WORDS", (letters[0], letters[1], letters[0] * 5 + letters[1]))
            for _ in range(self.chance.choice((1, 1, 5))):
                editing.act(self.chance, doc.get("text", type=XmlFragment))

    def client(self, person: int) -> int:
        return int(self._docs[person].client_id)

    def texts(self, person: int) -> list[str]:
        return list(texts_of(self._docs[person].get("text", type=XmlFragment)))


def texts_of(parent: XmlFragment | XmlElement) -> Iterator[str]:
    for child in parent.children:
        if isinstance(child, XmlText):
            yield "".join(part for part, _ in child.diff() if isinstance(part, str))
        else:
            yield from texts_of(child)


def units(text: str) -> list[str]:
    """Returns a letter for each unit of UTF-16."""
    return [letter for letter in text for _ in range(len(letter.encode("utf-16-le")) // 2)]


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 2**32))
def test_every_letter_is_its_writers_wherever_others_wrote_at_the_same_time(seed: int) -> None:
    session = Lettered(Random(seed)).run(60)
    for person in range(session.people):
        session.hear(person)
    update = read_update(session.state(0), SHAPE)
    found, texts = clients_of_texts(update, "text"), session.texts(0)
    assert len(found) == len(texts)
    clients = {session.client(person): person for person in range(session.people)}
    for runs, text in zip(found, texts, strict=True):
        writers = [clients[client] for client, length in runs for _ in range(length)]
        letters = units(text)
        assert len(writers) == len(letters)
        for writer, letter in zip(writers, letters, strict=True):
            # What the driver itself puts into an empty block is nobody's letter.
            assert letter in (chr(0x41 + writer), chr(0x1D400 + writer), *"neu"), (runs, text)


async def test_whose_a_letter_is_is_told_of_what_is_committed(connect: Connect, hub: Any) -> None:
    one, two = await Writer.join(connect, 7), await Writer.join(connect, 8)
    await one.write(" mine")
    await two.sees("mine")
    await two.write(" ours")

    def look(doc: pycrdt.Doc[Any], texts: list[list[documents.Stretch]]) -> Any:
        return list(texts_of(doc.get("text", type=XmlFragment))), texts

    said, stretches = await hub.handlers.run(documents.read_with_authors, PaperRoom(1), look)
    assert "".join(said) == f"{BEGINNING} mine ours"
    assert [each for text in stretches for each in text] == [(None, len(BEGINNING)), (7, 5), (8, 5)]


def test_a_room_that_is_no_document_has_no_authors() -> None:
    with pytest.raises(NotFound):
        documents.read_with_authors(HallRoom(1), lambda doc, texts: texts)
