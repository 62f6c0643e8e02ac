"""The lean queue and event of a WebSocket, and that an idle one holds nothing of what it does not need."""

import asyncio
import gc

import uvicorn
from uvicorn.server import ServerState

from realtime.routing import websocket_application
from realtime.servers.lean import Inbox, Latch
from realtime.servers.serving import ease_garbage_collection
from realtime.servers.websocket import FramesProtocol


async def test_an_inbox_gives_everything_in_order_to_a_reader_that_waits_or_comes_later() -> None:
    inbox = Inbox()
    reader = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    for item in "abc":
        inbox.put_nowait(item)
    assert [await reader, await inbox.get(), await inbox.get()] == ["a", "b", "c"]
    assert inbox.empty()


async def test_a_reader_that_gives_up_loses_nothing() -> None:
    inbox = Inbox()
    reader = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    inbox.put_nowait("a")
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    assert await inbox.get() == "a"


async def test_a_latch_holds_back_while_it_is_clear_and_only_then() -> None:
    latch = Latch()
    await latch.wait()
    latch.clear()
    waiting = asyncio.create_task(latch.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    latch.set()
    await waiting


async def test_a_connection_keeps_nothing_in_a_dictionary_of_its_own() -> None:
    config = uvicorn.Config(websocket_application, ws=FramesProtocol, http="httptools", loop="none", lifespan="off")
    connection = FramesProtocol(config, ServerState(), {})
    assert vars(connection) == {}, "another uvicorn: name its new attributes in FramesProtocol's slots"


def test_the_collector_passes_over_what_was_loaded_before_serving() -> None:
    thresholds, before = gc.get_threshold(), len(gc.get_objects())
    try:
        ease_garbage_collection()
        assert len(gc.get_objects()) < before / 10
        assert gc.get_threshold()[0] > thresholds[0]
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
