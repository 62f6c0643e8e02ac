"""One client's copy at these doors: how much of it may wait, and whether a document holds what it brings."""

import asyncio
from typing import Any

import pycrdt
import pytest

import realtime
from realtime.documents.copies import Copy
from realtime.documents.queue import MAX_UPDATE_BYTES
from realtime.doors.yjs.copy import _UPDATES_AT_ONCE, Backlog, _holds
from realtime.doors.yjs.session import CopySession
from tests.realtime.app.papers import Paper, PaperRoom
from tests.realtime.doors.yjs.clients import Knock, hub, knock

__all__ = ["hub", "knock"]


async def waits(backlog: Backlog, size: int) -> "asyncio.Task[None]":
    """Returns one more update, which has to wait."""
    waiting = asyncio.create_task(backlog.begin(size))
    await asyncio.sleep(0)
    assert not waiting.done()
    return waiting


async def test_so_many_updates_are_on_their_way_and_the_next_waits() -> None:
    backlog = Backlog()
    for _ in range(_UPDATES_AT_ONCE):
        await backlog.begin(1)
    waiting = await waits(backlog, 1)
    backlog.end(1)
    await waiting


async def test_so_many_bytes_are_on_their_way_and_one_alone_never_waits() -> None:
    backlog = Backlog()
    await backlog.begin(MAX_UPDATE_BYTES)
    waiting = await waits(backlog, 1)
    backlog.end(MAX_UPDATE_BYTES)
    await waiting


@pytest.mark.django_db(transaction=True)
def test_a_document_holds_what_changes_nothing_in_it() -> None:
    with realtime.atomic():
        copy = Copy(Paper(PaperRoom(1)))
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    doc["text"] = fragment = pycrdt.XmlFragment()
    doc.apply_update(copy.missing(None))
    whole, before = doc.get_update(), doc.get_state()
    assert _holds(whole, Paper.shape, copy)
    del fragment.children[0][3:5]
    deletion = doc.get_update(before)
    assert not _holds(deletion, Paper.shape, copy)
    copy.doc.apply_update(deletion)
    assert _holds(deletion, Paper.shape, copy)
    fragment.children[0].insert(0, "new")
    assert not _holds(doc.get_update(before), Paper.shape, copy)


@pytest.mark.django_db(transaction=True)
async def test_a_large_change_costs_more_and_comes_all_the_same(knock: Knock, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the lane of its room for longer: with one point each, who pastes again and again would have it alone."""
    paid: list[float] = []
    charge = CopySession.charge

    async def charged(session: CopySession, cost: float, *, ahead: bool = True) -> None:
        paid.append(cost)
        await charge(session, cost, ahead=ahead)

    monkeypatch.setattr(CopySession, "charge", charged)
    one, other = await knock(user=8), await knock(user=9)
    for client in (one, other):
        await client.synced()
    await one.write("x" * 900_000)
    await other.hears("xxx")
    assert 14 < max(paid) < 16
    await one.write("y")
    await other.hears("y")
    assert min(paid) <= 1.01
