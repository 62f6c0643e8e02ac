"""A document in the database: begun once, squashed forward only, its client ids given once."""

import pytest

import realtime
from realtime.documents import storing
from realtime.models import DocumentState
from tests.realtime.app.papers import SERVER, Paper, PaperRoom, PaperUpdate

pytestmark = pytest.mark.django_db(transaction=True)

ROOM = PaperRoom(1)


def begun() -> storing.Stored:
    with realtime.atomic():
        return storing.begun(Paper(ROOM))


def test_a_document_begins_once() -> None:
    assert begun() == begun()
    assert DocumentState.objects.count() == 1
    assert storing.writers(ROOM.name) == {SERVER: None}


def test_a_state_is_replaced_by_a_later_one_of_the_same_epoch_only() -> None:
    epoch = begun().epoch
    storing.keep_state(ROOM.name, epoch, 5, b"five")
    storing.keep_state(ROOM.name, epoch, 4, b"four")
    storing.keep_state(ROOM.name, "other", 9, b"nine")
    assert (begun().seq, begun().state) == (5, b"five")


def test_a_client_id_is_the_firsts() -> None:
    assert storing.claim(ROOM.name, 5, 7) == 7
    assert storing.claim(ROOM.name, 5, 8) == 7
    assert storing.claim(ROOM.name, 6, None) is None
    assert storing.writers(ROOM.name) == {5: 7, 6: None}


def test_changes_come_in_pages_with_all_that_is_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "_CHANGES_AT_ONCE", 2)
    for number in range(5):
        realtime.emit(ROOM, PaperUpdate(update=bytes([number])), actor=number)
    realtime.revoke(room=ROOM)
    found = list(storing.changes(ROOM.name, 1))
    assert [(change.seq, change.actor_id, change.data) for change in found] == [
        *((number + 1, number, bytes([number])) for number in range(1, 5)),
        (6, None, None),
    ]
