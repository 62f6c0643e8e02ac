"""Changes of the server's own: merged with what others type, and theirs with it."""

from typing import Any

import pycrdt
import pytest

import realtime
from realtime import documents
from realtime.documents import outline
from realtime.documents.changing import has_begun
from realtime.documents.queue import MAX_UPDATE_BYTES
from realtime.errors import Internal, NotFound, TooLarge
from realtime.hub import Hub
from realtime.models import DocumentWriter, Event
from tests.realtime.app.events import HallRoom
from tests.realtime.app.papers import BEGINNING, SERVER, Paper, PaperRoom, text_of
from tests.realtime.documents.writers import Writer
from tests.realtime.halls import Connect, connect, hub

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


def prefix(words: str) -> str:
    def edit(doc: pycrdt.Doc[Any]) -> str:
        doc.get("text", type=pycrdt.XmlFragment).children[0].insert(0, words)
        return text_of(doc)

    with realtime.atomic():
        return documents.change(PaperRoom(1), edit, actor=3)


async def test_a_change_reaches_those_who_write_and_loses_none_of_theirs(connect: Connect, hub: Hub) -> None:
    one = await Writer.join(connect, 7)
    update = one.type(" mine")
    assert await hub.handlers.run(prefix, "theirs ") == "theirs " + BEGINNING
    assert (await one.send(update))["success"]
    await one.sees("theirs")
    assert one.text == "theirs " + BEGINNING + " mine"
    assert (await Writer.join(connect, 8)).text == one.text


def test_what_the_server_writes_is_under_a_client_id_of_its_own() -> None:
    prefix("a")
    prefix("b")
    owners = dict(DocumentWriter.objects.values_list("client_id", "user_id"))
    assert owners.pop(SERVER, "nobody's") is None
    assert list(owners.values()) == [None, None]
    assert list(Event.objects.values_list("type", "actor_id")) == [("paper:update", 3)] * 2


def test_a_change_of_nothing_is_no_event() -> None:
    assert not has_begun(PaperRoom(1))
    with realtime.atomic():
        assert documents.change(PaperRoom(1), text_of) == BEGINNING
    assert has_begun(PaperRoom(1))
    assert not Event.objects.exists()


def test_a_change_that_fails_leaves_nothing() -> None:
    def fail(doc: pycrdt.Doc[Any]) -> None:
        doc.get("text", type=pycrdt.XmlFragment).children[0].insert(0, "x")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), realtime.atomic():
        documents.change(PaperRoom(1), fail)
    assert not Event.objects.exists()
    assert prefix("") == BEGINNING


def test_the_library_failing_is_an_error_like_any_other() -> None:
    class Panic(BaseException):
        """As the library's: no Exception."""

    def panic(doc: pycrdt.Doc[Any]) -> None:
        raise Panic

    with pytest.raises(Internal), realtime.atomic():
        documents.change(PaperRoom(1), panic)


async def test_an_erased_document_is_gone_from_the_log_too(connect: Connect, hub: Hub) -> None:
    one = await Writer.join(connect, 7)
    await one.write("secret")

    def erase() -> list[tuple[str, bytes | None]]:
        with realtime.atomic():
            documents.erase(PaperRoom(1))
        assert not has_begun(PaperRoom(1))
        assert not DocumentWriter.objects.exists()
        return list(Event.objects.order_by("seq").values_list("type", "data"))

    assert await hub.handlers.run(erase) == [("hidden", None), ("realtime:blanked", None)]
    assert (await one.send(one.type("more")))["error"]["code"] == "DOCUMENT_CHANGED"
    assert (await Writer.join(connect, 8)).text == BEGINNING


def test_the_server_may_write_more_at_once_than_a_client() -> None:
    long = "長" * 700_000
    assert len(long.encode()) > MAX_UPDATE_BYTES
    assert prefix(long) == long + BEGINNING
    assert prefix("") == long + BEGINNING


def test_a_prepared_change_says_whether_more_has_been_written_since() -> None:
    with realtime.atomic():
        prepared = documents.prepare(PaperRoom(1), text_of)
    assert prepared.is_latest()
    prefix("more ")
    assert documents.prepare(PaperRoom(1), text_of).is_latest()


def test_what_could_not_be_loaded_again_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    prefix("a")
    monkeypatch.setattr(outline, "MAX_PIECES", 3)
    with pytest.raises(TooLarge):
        prefix("one more")
    assert prefix("") == "a" + BEGINNING


def test_a_room_that_is_no_document_has_none() -> None:
    with pytest.raises(NotFound), realtime.atomic():
        documents.change(HallRoom(1), text_of)


async def test_what_is_typed_while_a_change_waits_to_be_made_is_told_when_it_is_made(
    connect: Connect, hub: Hub
) -> None:
    Paper.told.clear()
    one = await Writer.join(connect, 7)

    def remove(doc: pycrdt.Doc[Any]) -> None:
        del doc.get("text", type=pycrdt.XmlFragment).children[0]

    prepared = await hub.handlers.run(documents.prepare, PaperRoom(1), remove)
    await one.write(" lost")

    def emit() -> None:
        with realtime.atomic():
            prepared.emit()

    await hub.handlers.run(emit)
    assert [(told.user_id, told.clash.words) for told in Paper.told] == [(7, " lost")]
