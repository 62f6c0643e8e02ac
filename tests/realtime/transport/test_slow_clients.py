"""Clients that read slowly, not at all, or talk without end: they cost little, delay nobody, and lose nothing."""

import asyncio
import socket
import threading
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async

import realtime
from realtime.errors import CloseCode
from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess
from tests.realtime.app.events import HallRoom, Said
from tests.realtime.halls import server_environment
from tests.realtime.servers.running import open_deaf_socket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.live]

EVENTS = 600
AT_ONCE = 20
EVENT_BYTES = 30_000
BYTES_PER_SECOND = 1024
GROWTH_MIB = 16
"""The storm is 18 MB; queued for two clients it would be 36. The outbound limit is 1 MiB each, and the ring 2 MB."""


class SlowReader(threading.Thread):
    """Reads 1 KB a second from a socket until `hurry`, then as fast as it can until the last event has come."""

    def __init__(self, link: socket.socket) -> None:
        super().__init__(daemon=True)
        self.link = link
        self.heard = bytearray()
        self.hurry = threading.Event()

    def run(self) -> None:
        while not self.hurry.wait(1.0):
            self.heard += self.link.recv(BYTES_PER_SECOND)
        self.link.settimeout(60)
        self.link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        # Who is present may be sent right behind it.
        while b'"end"}}' not in self.heard[-65536:] and (part := self.link.recv(1 << 20)):
            self.heard += part

    def seqs(self) -> list[int]:
        """Returns the numbers of the durable events, in the order in which they came."""
        events = [event.partition(b'"seq":')[2] for event in bytes(self.heard).split(b'{"eventId":')]
        return [int(rest.partition(b",")[0]) for rest in events if rest]


def resident_mib(server: ServerProcess) -> float:
    return int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * 4096 / 2**20


@sync_to_async
def say(count: int) -> None:
    with realtime.atomic():
        for _ in range(count):
            realtime.emit(HallRoom(1), Said(text="x" * EVENT_BYTES))


@pytest.mark.either_database
async def test_a_slow_and_a_deaf_client_cost_little_delay_nobody_and_the_slow_one_is_complete_in_the_end() -> None:
    with ServerProcess(environment=server_environment()) as server:
        quick = await JsonClient.over_socket(server.ws("halls"), token="8")
        await quick.tell("hall:join", {"hallId": 1})
        deaf = await asyncio.to_thread(open_deaf_socket, server)
        slow = SlowReader(await asyncio.to_thread(open_deaf_socket, server))
        slow.start()
        await say(100)  # what a server takes for its own is taken now
        await quick.wait(lambda frame: frame.get("seq") == 100)
        quick.frames.clear()
        quick._seen = 0
        before = resident_mib(server)
        most = before
        for number in range(100 + AT_ONCE, EVENTS + 1, AT_ONCE):
            await say(AT_ONCE)
            await quick.wait(lambda frame, number=number: frame.get("seq") == number)
            assert [event["seq"] for event in quick.events()] == list(range(number - AT_ONCE + 1, number + 1))
            quick.frames.clear()
            quick._seen = 0
            most = max(most, resident_mib(server))
        await realtime.aemit(HallRoom(1), Said(text="end"))
        assert len(slow.heard) < EVENTS * EVENT_BYTES / 10
        slow.hurry.set()
        await asyncio.to_thread(slow.join, 90)
        assert slow.seqs() == list(range(1, EVENTS + 2))
        assert most - before < GROWTH_MIB, f"{before:.0f} MiB before, {most:.0f} at most"
        for link in (deaf, slow.link):
            link.close()
        await quick.close()


async def test_a_client_that_talks_without_end_starves_nobody_and_has_to_leave() -> None:
    with ServerProcess(environment=server_environment()) as server:
        flooder = await JsonClient.over_socket(server.ws("halls"), token="7")
        others = [await JsonClient.over_socket(server.ws("halls"), token=str(number)) for number in (8, 9)]
        for client in others:
            await client.tell("hall:join", {"hallId": 1})

        async def flood() -> None:
            number = 0
            while flooder.closed is None:
                number += 1
                await flooder.send({"requestId": str(number), "type": "session:ping", "payload": {}})
                await asyncio.sleep(0)

        flooding = asyncio.create_task(flood())
        heard = 0
        while flooder.closed is None or heard < 5:
            await others[0].tell("hall:say", {"hallId": 1, "text": f"{heard}"})
            await others[1].wait(lambda frame, heard=heard: frame.get("payload", {}).get("text") == f"{heard}")
            heard += 1
            await asyncio.sleep(0.05)  # within the talker's own limit
        assert flooder.closed == CloseCode.ABUSE
        await asyncio.gather(flooding, return_exceptions=True)
        assert "Traceback" not in server.output, server.output
        for client in (flooder, *others):
            await client.close()


@pytest.mark.soak
async def test_who_reads_one_kilobyte_a_second_is_not_taken_for_somebody_who_takes_nothing() -> None:
    """Longer than the 30 s after which a client that takes nothing is cut off."""
    with ServerProcess(environment=server_environment()) as server:
        slow = SlowReader(await asyncio.to_thread(open_deaf_socket, server))
        slow.start()
        await say(400)
        await realtime.aemit(HallRoom(1), Said(text="end"))
        await asyncio.sleep(40)
        slow.hurry.set()
        await asyncio.to_thread(slow.join, 60)
        assert slow.seqs() == list(range(1, 402))
        slow.link.close()
