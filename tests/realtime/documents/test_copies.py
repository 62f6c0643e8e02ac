"""A process's copy of a document: a prefix of the log, and what others lack of it."""

from typing import Any

import pycrdt
import pytest

import realtime
from realtime.documents import copies, updates
from realtime.documents.copies import Copy
from realtime.errors import MalformedUpdate, TooLarge
from realtime.log.retention import begin_new_epoch
from realtime.models import RoomHead
from tests.realtime.app.papers import BEGINNING, Paper, PaperRoom, text_of
from tests.realtime.documents.test_changing import prefix

pytestmark = pytest.mark.django_db(transaction=True)


def loaded() -> Copy:
    with realtime.atomic():
        copy = Copy(Paper(PaperRoom(1)))
        assert copy.catch_up()
    return copy


def test_a_copy_follows_the_log() -> None:
    copy = loaded()
    prefix("a")
    prefix("b")
    assert text_of(copy.doc) == BEGINNING
    assert copy.catch_up()
    assert (text_of(copy.doc), copy.seq) == ("ba" + BEGINNING, 2)


def test_a_copy_that_the_log_no_longer_reaches_is_given_up() -> None:
    copy = loaded()
    prefix("a")
    RoomHead.objects.update(min_seq=2)
    assert not copy.catch_up()


def test_a_copy_of_a_log_that_was_lost_is_given_up() -> None:
    prefix("a")
    copy = loaded()
    begin_new_epoch()
    assert not copy.catch_up()


def test_what_is_missing_is_what_the_vector_says() -> None:
    copy = loaded()
    before = copy.vector
    whole: pycrdt.Doc[Any] = pycrdt.Doc()
    whole.apply_update(copy.missing(None))
    prefix("new ")
    copy.catch_up()
    assert BEGINNING.encode() not in copy.missing(before)
    whole.apply_update(copy.missing(before))
    assert text_of(whole) == "new " + BEGINNING


@pytest.mark.parametrize("vector", [b"", b"\x01", b"\xff\xff\xff\xff", b"\xff\xff\xff\xff\x0f\x01\x01"])
def test_a_vector_that_is_none_never_reaches_the_library(vector: bytes) -> None:
    with pytest.raises(MalformedUpdate):
        loaded().missing(vector)


def test_a_stored_state_may_have_more_pieces_than_what_a_client_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded()
    assert copies.STATE_PIECES > updates.MAX_PIECES
    monkeypatch.setattr(copies, "STATE_PIECES", 0)
    with pytest.raises(TooLarge):
        loaded()
