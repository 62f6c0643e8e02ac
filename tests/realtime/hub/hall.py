"""One hall whose hub is looked into: what is said there, and a hub that hears of it late, or not by itself."""

import asyncio
from collections.abc import Callable

import realtime
from realtime.hub import Hub
from realtime.hub.room import RoomState
from realtime.log import after_commit, reading
from realtime.log.events import StoredEvent
from realtime.testing.client import JsonClient
from tests.realtime.app.events import HallRoom, Said

HALL = HallRoom(1)


async def say(*texts: str) -> None:
    for text in texts:
        await realtime.aemit(HALL, Said(text=text))


async def heard(client: JsonClient, text: str) -> None:
    await client.wait(lambda frame: frame.get("payload", {}).get("text") == text, anywhere=True)


async def until(condition: Callable[[], bool]) -> None:
    """Waits for a condition that nothing announces."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  # nothing to await
            await asyncio.sleep(0.01)


def elsewhere(hub: Hub) -> None:
    """From now on this process's commits reach the hub as another process's would: by the log alone."""
    after_commit.detach(hub.receive)


def deaf(hub: Hub) -> None:
    """From now on the hub learns of nothing by itself, as between two sweeps, or behind hints that come late."""
    elsewhere(hub)
    hub.sweep._sweep = nothing  # type: ignore[method-assign]


async def nothing() -> None:
    pass


async def stored(hub: Hub) -> list[StoredEvent]:
    head = (await hub.handlers.run(reading.heads, [HALL.name]))[HALL.name]
    return await hub.handlers.run(reading.read_page, HALL.name, 0, head.seq, 1000)


def state(hub: Hub) -> RoomState:
    return hub.rooms[HALL.name]
