"""What is written to a connection: queued for the end of the turn, never waited for, and nothing behind its end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from realtime.errors import CloseCode, for_applications
from realtime.transport.connection import TURN_BYTES, Connection, FramedConnection, SendingConnection
from realtime.transport.packets import Packet, joined_frames
from realtime.transport.write_batch import WriteBatch

pytestmark = pytest.mark.either_database

ONE, TWO = Packet(b"one"), Packet(b"two")


class Paper(Connection):
    """A link that notes each write, and breaks when told to."""

    __slots__ = ("aborted", "breaks", "writes")

    def __init__(self, write_batch: WriteBatch) -> None:
        super().__init__(write_batch)
        self.writes: list[list[bytes]] = []
        self.breaks = self.aborted = False

    def _send(self, packets: list[Packet]) -> None:
        if self.breaks:
            raise OSError("broken pipe")
        self.writes.append([packet.text for packet in packets])

    def abort(self) -> None:
        self.aborted = True


@pytest.fixture
async def write_batch() -> WriteBatch:
    return WriteBatch(asyncio.get_running_loop())


@pytest.fixture
async def paper(write_batch: WriteBatch) -> Paper:
    return Paper(write_batch)


async def test_what_is_due_in_a_turn_leaves_at_its_end_in_one_write(paper: Paper) -> None:
    paper.write(ONE)
    paper.write(TWO)
    assert (paper.writes, paper.buffered()) == ([], 6)
    await asyncio.sleep(0)
    assert (paper.writes, paper.buffered()) == ([[b"one", b"two"]], 0)


async def test_a_turn_does_not_pile_up_a_second_buffer(paper: Paper) -> None:
    large = Packet(b"x" * (TURN_BYTES // 2))
    for _ in range(2):
        paper.write(large)
    assert paper.writes == []
    paper.write(ONE)
    assert [len(write) for write in paper.writes] == [3]


async def test_what_is_flushed_does_not_come_again(paper: Paper) -> None:
    paper.write(ONE)
    paper.flush()
    paper.flush()
    await asyncio.sleep(0)
    assert paper.writes == [[b"one"]]


async def test_a_write_that_fails_cuts_this_connection_alone(paper: Paper, caplog: pytest.LogCaptureFixture) -> None:
    paper.breaks = True
    paper.write(ONE)
    await asyncio.sleep(0)
    assert paper.aborted
    assert f"Writing to connection {paper.id} failed" in caplog.text


async def test_to_whom_is_gone_nothing_is_written_and_nobody_waits(paper: Paper) -> None:
    paper.became_congested()
    waiting = asyncio.create_task(paper.drained())
    await asyncio.sleep(0)
    paper.write(ONE)
    paper.lost()
    await waiting
    paper.write(TWO)
    await asyncio.sleep(0)
    assert paper.writes == []
    paper.became_congested()
    assert not paper.congested


async def test_whoever_waits_goes_on_when_the_client_has_taken_what_there_was(paper: Paper) -> None:
    told: list[Connection] = []
    paper.on_congested = told.append
    for _ in range(2):
        paper.became_congested()
    assert told == [paper]
    waiting = asyncio.create_task(paper.drained())
    await asyncio.sleep(0)
    assert not waiting.done()
    paper.became_drained()
    await waiting
    await paper.drained()


async def test_each_connection_has_a_name_of_its_own(write_batch: WriteBatch) -> None:
    assert len({Paper(write_batch).id for _ in range(100)}) == 100


class Stream:
    """A server's socket, as far as a framed connection asks for it."""

    heard_at = 0.0

    def __init__(self) -> None:
        self.did: list[object] = []

    def attach(self, owner: Connection, limit: int) -> None:
        self.did.append(limit)

    def write(self, frame: bytes) -> bool:
        self.did.append(frame)
        return True

    def buffered(self) -> int:
        return 100

    def close(self, code: int, reason: str) -> None:
        self.did.append((code, reason))

    def abort(self) -> None:
        self.did.append("aborted")


async def test_finished_frames_go_to_the_stream_and_the_close_behind_them(write_batch: WriteBatch) -> None:
    stream: Any = Stream()
    connection = FramedConnection(write_batch, stream, limit=7)
    for packet in (ONE, TWO):
        connection.write(packet)
    assert connection.buffered() == 106
    connection.close(CloseCode.NORMAL, "bye")
    connection.abort()
    assert stream.did == [7, joined_frames([ONE, TWO]), (CloseCode.NORMAL, "bye"), "aborted"]


class Server:
    """The server's `send()` of a connection without frames: takes events when it is let."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.breaks = False

    async def send(self, event: dict[str, Any]) -> None:
        await self.open.wait()
        if self.breaks:
            raise RuntimeError("The client is gone.")
        self.events.append(event)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  # a task of the connection
            await asyncio.sleep(0)


@pytest.fixture
async def server() -> Server:
    return Server()


@pytest.fixture
async def sending(write_batch: WriteBatch, server: Server) -> AsyncIterator[SendingConnection]:
    connection = SendingConnection(write_batch, server.send, limit=10)
    yield connection
    connection.lost()
    await asyncio.sleep(0)


async def test_packets_are_sent_one_by_one_with_their_attachments(sending: SendingConnection, server: Server) -> None:
    sending.write(Packet(b"text", (b"\x01", b"\x02")))
    sending.write(Packet(b"", (b"\x03",)))
    sending.close(CloseCode.SERVICE_RESTART, "leaving")
    await until(lambda: len(server.events) == 5)
    assert [event.get("text") or event.get("bytes") for event in server.events[:4]] == [
        "text",
        b"\x01",
        b"\x02",
        b"\x03",
    ]
    code = for_applications(CloseCode.SERVICE_RESTART)
    assert server.events[4] == {"type": "websocket.close", "code": code, "reason": "leaving"}


async def test_a_client_that_takes_nothing_is_congested_until_it_has_taken_all(
    sending: SendingConnection, server: Server
) -> None:
    server.open.clear()
    for _ in range(4):
        sending.write(ONE)
    sending.flush()
    assert (sending.congested, sending.buffered()) == (True, 12)
    server.open.set()
    await sending.drained()
    assert (len(server.events), sending.buffered()) == (4, 0)


async def test_what_is_aborted_says_nothing_more(sending: SendingConnection, server: Server) -> None:
    sending.write(ONE)
    sending.flush()
    sending.abort()
    await until(lambda: bool(server.events))
    assert server.events == [{"type": "websocket.close", "code": 1000}]


async def test_a_server_that_cannot_send_ends_nothing_by_itself(
    sending: SendingConnection, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.breaks = True
    sending.write(ONE)
    await until(sending._task.done)
    sending.write(TWO)
    await asyncio.sleep(0)
    assert (server.events, caplog.text, sending.closed) == ([], "", False)
