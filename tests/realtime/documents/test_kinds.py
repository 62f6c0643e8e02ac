"""What an app declares of a document."""

import pytest

from realtime.documents.kinds import Document, document_of
from tests.realtime.app.events import HallRoom
from tests.realtime.app.papers import Paper, PaperAwareness, PaperRoom, PaperUpdate


def test_a_room_is_the_document_that_was_declared_for_its_type() -> None:
    document = document_of(PaperRoom(3))
    assert isinstance(document, Paper)
    assert document.room == PaperRoom(3)
    assert document_of(HallRoom(1)) is None


def test_rooms_of_a_type_are_one_kind_of_document() -> None:
    with pytest.raises(TypeError):

        class _Other(Document, room=PaperRoom, updated=PaperUpdate, pointed=PaperAwareness):
            """Another paper."""


def test_who_declares_nothing_lets_nobody_write() -> None:
    assert Document(PaperRoom(1)).initial() == b""
    with pytest.raises(NotImplementedError):
        Document(PaperRoom(1)).roles([])
