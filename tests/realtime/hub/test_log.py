"""The hub's reads of the log: gaps that are closed, and pages that are read once for everybody."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

import realtime
from realtime.hub import Hub
from realtime.log import reading
from realtime.log.events import StoredEvent
from realtime.positions import Position
from realtime.testing.client import JsonClient
from tests.realtime.app.events import Said
from tests.realtime.halls import Connect, connect, hub
from tests.realtime.hub.hall import HALL, elsewhere, heard, say, state, stored

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_gap_is_closed_from_the_log(connect: Connect, hub: Hub) -> None:
    client = await connect()
    await client.tell("hall:join", {"hallId": 1})
    elsewhere(hub)
    hub.sweep.wake = lambda: None  # type: ignore[method-assign]
    await say("lost", "seen")
    hub.accept((await stored(hub))[-1])
    await heard(client, "seen")
    assert client.texts() == ["lost", "seen"]


@dataclass
class Reads:
    """The pages that were read from the log; `meanwhile` runs in the reader's thread behind each of them."""

    count: int = 0
    meanwhile: Callable[[], object] = lambda: None


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    reads, read_page = Reads(), reading.read_page

    def counted(room: str, after: int, until: int, limit: int) -> list[StoredEvent]:
        reads.count += 1
        page = read_page(room, after, until, limit)
        reads.meanwhile()
        return page

    monkeypatch.setattr(reading, "read_page", counted)
    return reads


async def resume(connect: Connect, since: Position) -> JsonClient:
    client = await connect()
    await client.tell("hall:join", {"hallId": 1, "since": {"epoch": since.epoch, "seq": since.seq}})
    return client


async def test_who_comes_back_after_a_restart_reads_for_the_others_too(
    connect: Connect, hub: Hub, reads: Reads
) -> None:
    await say(*map(str, range(200)))  # before this hub knows the room
    epoch, reads.count = (await stored(hub))[0].epoch, 0
    ring = hub.settings.ring_events
    for back in (ring + 50, 1, ring // 2, ring):
        client = await resume(connect, Position(epoch, 200 - back))
        await heard(client, "199")
        assert client.texts() == [str(number) for number in range(200 - back, 200)]
    assert reads.count == 1
    await say("live")
    late = await resume(connect, Position(epoch, 199))
    await heard(late, "live")
    assert (late.texts(), reads.count) == (["199", "live"], 1)


async def test_a_page_that_was_read_before_a_deletion_is_shown_to_nobody_after_it(
    connect: Connect, hub: Hub, reads: Reads
) -> None:
    await realtime.aemit(HALL, Said(text="regretted"), ref="said:1")
    epoch = (await stored(hub))[0].epoch

    def regret() -> None:
        reads.meanwhile = lambda: None
        with realtime.atomic():
            realtime.blank(ref="said:1")
        deadline = time.monotonic() + 10
        while state(hub).seq < 2 and time.monotonic() < deadline:
            time.sleep(0.01)

    reads.meanwhile = regret
    first = await resume(connect, Position(epoch, 0))
    await first.wait(lambda frame: frame.get("seq") == 2, anywhere=True)
    second = await resume(connect, Position(epoch, 0))
    await second.wait(lambda frame: frame.get("seq") == 2, anywhere=True)
    assert second.texts() == [None, None]
