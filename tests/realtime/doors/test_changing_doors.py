"""A reader that changes its door in the middle: the same room, the same order, the same position everywhere."""

import itertools
import random

import pytest

import realtime
from tests.realtime.app.events import HallRoom, Said
from tests.realtime.doors.in_process import Open, hub, open_socket
from tests.realtime.doors.test_sse import Read, read
from tests.realtime.halls import Connect, connect

__all__ = ["connect", "hub", "open_socket", "read"]

pytestmark = pytest.mark.django_db(transaction=True)

HALLS = "/halls"
Position = dict[str, object]
Heard = list[tuple[str, int]]


class Reader:
    """Reads one hall through whichever door; `heard` is everything it was sent, with its seq."""

    def __init__(self, open_socket: Open, connect: Connect, read: Read) -> None:
        self.heard: Heard = []
        self.position: dict[str, object] = {"epoch": "", "seq": 0}
        self._open_socket = open_socket
        self._connect = connect
        self._read = read

    def _take(self, heard: list[dict[str, object]]) -> None:
        for event in heard:
            self.heard.append((str(event["text"]), int(str(event["seq"]))))
            self.position = {"epoch": event["epoch"], "seq": event["seq"]}

    async def by_socketio(self, last: str) -> None:
        client = await self._open_socket()
        await client.enter(HALLS, token="7", rooms={"hall:1": self.position})
        await client.until(lambda: last in client.said())
        self._take([payload | meta for payload, meta, _ in client.events(HALLS, "hall:said")])
        await client.close()

    async def by_json(self, last: str) -> None:
        client = await self._connect(HALLS, token="7")
        await client.tell("session:resume", {"rooms": {"hall:1": self.position}})
        await client.wait(lambda frame: frame.get("payload", {}).get("text") == last, anywhere=True)
        self._take([frame["payload"] | frame for frame in client.events("hall:1")])
        await client.close()

    async def by_stream(self, last: str) -> None:
        stream = await self._read(f"rooms=hall:1@{self.position['epoch']}:{self.position['seq']}", token="7")
        while True:
            event = await stream.next("hall:said")
            self._take([event["payload"] | event])
            if event["payload"]["text"] == last:
                break
        await stream.cut()


@pytest.mark.parametrize("order", list(itertools.permutations(["by_socketio", "by_json", "by_stream"])))
async def test_a_reader_misses_and_repeats_nothing_whatever_doors_it_goes_through(
    open_socket: Open, connect: Connect, read: Read, order: tuple[str, ...]
) -> None:
    reader = Reader(open_socket, connect, read)
    number = 0
    for door in order * 2:
        for _ in range(random.Random(number).randint(1, 5)):
            number += 1
            await realtime.aemit(HallRoom(1), Said(text=str(number)))
        await getattr(reader, door)(str(number))
    assert reader.heard == [(str(seq), seq) for seq in range(1, number + 1)]
