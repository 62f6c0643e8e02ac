"""One client's copy at these doors: how much of it may wait, and whether a document holds what it brings."""

import asyncio
from typing import Any

import pycrdt
import pytest

import realtime
from realtime.documents.copies import Copy
from realtime.doors.yjs.copy import _UPDATES_AT_ONCE, Backlog, _holds
from realtime.doors.yjs.messages import MAX_UPDATE_BYTES
from tests.realtime.app.papers import Paper, PaperRoom


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
