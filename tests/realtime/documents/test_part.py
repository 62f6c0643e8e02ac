"""The documents that a process has open: opened once, closed when nobody uses them, written out before it leaves."""

import asyncio
import threading
from typing import Any

import pycrdt
import pytest

from realtime.documents import part
from realtime.documents.part import documents_here
from realtime.documents.queue import DocumentQueue, Write
from realtime.errors import NotFound
from realtime.hub import Hub
from realtime.identity import Identity
from tests.realtime.app.events import HallRoom
from tests.realtime.app.papers import BEGINNING, Paper, PaperRoom, text_of
from tests.realtime.documents.writers import Writer
from tests.realtime.halls import Connect, connect, hub
from tests.realtime.hub.hall import until

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_document_is_opened_once_and_a_room_that_is_none_never(connect: Connect, hub: Hub) -> None:
    documents = documents_here()
    assert documents.open(PaperRoom(1)) is documents.open(PaperRoom(1))
    with pytest.raises(NotFound):
        documents.open(HallRoom(1))


async def test_a_change_settles_by_itself_and_who_writes_on_is_written_out_all_the_same(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part, "SETTLED_SECONDS", 0.02)
    Paper.settled_texts.clear()
    one = await Writer.join(connect, 7)
    await one.write("a")
    await until(lambda: Paper.settled_texts[-1:] == [BEGINNING + "a"])
    monkeypatch.setattr(part, "SETTLED_SECONDS", 3600.0)
    monkeypatch.setattr(part, "UNSETTLED_SECONDS", 0.0)
    await one.write("b")
    await until(lambda: Paper.settled_texts[-1:] == [BEGINNING + "ab"])


async def test_a_document_that_is_opened_is_written_out_for_whoever_died_before(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part, "SETTLED_SECONDS", 0.02)
    Paper.settled_texts.clear()
    await Writer.join(connect, 7)
    await until(lambda: Paper.settled_texts == [BEGINNING])


async def test_what_could_not_be_written_out_is_tried_again(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part, "SETTLED_SECONDS", 0.02)
    Paper.settled_texts.clear()
    failures = [ValueError("not yet")]

    class Fragile(list[str]):
        def append(self, text: str) -> None:
            if failures:
                raise failures.pop()
            super().append(text)

    monkeypatch.setattr(Paper, "settled_texts", Fragile())
    one = await Writer.join(connect, 7)
    await one.write("a")
    await until(lambda: Paper.settled_texts[-1:] == [BEGINNING + "a"])
    assert not failures


async def test_writers_do_not_wait_while_a_document_is_written_out(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The longest texts take seconds; on SQLite all commands that write share one lane."""
    begun, go_on = threading.Event(), threading.Event()

    def settled(paper: Paper, doc: object) -> None:
        begun.set()
        assert go_on.wait(30)

    monkeypatch.setattr(Paper, "settled", settled)
    one = await Writer.join(connect, 7)
    await one.write("a")
    settling = asyncio.ensure_future(documents_here().open(PaperRoom(1)).settle())
    assert await asyncio.to_thread(begun.wait, 30)
    await one.write("b")
    go_on.set()
    await settling


async def test_what_changes_while_it_is_written_out_is_written_out_again(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whatever process: of two that write out at once the one with less may be the later one."""
    monkeypatch.setattr(part, "SETTLED_SECONDS", 0.02)
    one = await Writer.join(connect, 7)
    elsewhere = DocumentQueue(hub, hub.lanes, Paper(PaperRoom(1)))
    texts: list[str] = []

    def settled(paper: Paper, doc: pycrdt.Doc[Any]) -> None:
        texts.append(text_of(doc))
        if len(texts) == 1:
            update = one.type("more")
            write = Write(Identity(7), "c", one.epoch, update)
            asyncio.run_coroutine_threadsafe(elsewhere.write(write), hub.loop).result(30)

    monkeypatch.setattr(Paper, "settled", settled)
    await until(lambda: texts[-1:] == [BEGINNING + "more"])


async def test_a_hub_that_ends_writes_out_what_has_changed(connect: Connect, hub: Hub) -> None:
    Paper.settled_texts.clear()
    one = await Writer.join(connect, 7)
    await one.write("last words")
    await hub.stop()
    assert Paper.settled_texts == [BEGINNING + "last words"]


async def test_a_document_that_nobody_uses_is_let_go(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(part, "_IDLE_SECONDS", 0.0)
    documents = documents_here()
    looking = asyncio.ensure_future(documents._close_idle())
    one = await Writer.join(connect, 7)
    await asyncio.sleep(0.05)
    assert documents._open, "its room has a member"
    await one.client.close()
    await until(lambda: not documents._open)
    looking.cancel()


async def test_copies_take_a_bounded_amount_of_memory(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(part, "_COPIES_BYTES", 0)
    one = await Writer.join(connect, 7)
    opened = documents_here().open(PaperRoom(1))
    looking = asyncio.ensure_future(documents_here()._close_idle())
    await until(lambda: opened.queue.size == 0)
    looking.cancel()
    await one.write("goes on")
    assert opened.queue.size > 0
