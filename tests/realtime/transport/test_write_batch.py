"""What connections get at the end of a turn: in order, and all in one write."""

import asyncio
import socket
from collections.abc import Callable, Iterator

import pytest

from realtime.transport.connection import Connection
from realtime.transport.packets import Packet, joined_frames
from realtime.transport.write_batch import Recipients, WriteBatch

ONE, TWO, THREE = (Packet(text.encode()) for text in ("one", "two", "three"))


class Client(Connection):
    """A link of one of three ways, whose writes come as one message each."""

    __slots__ = ("_heard", "aborted", "behind", "link", "peer")

    def __init__(self, write_batch: WriteBatch, way: str) -> None:
        super().__init__(write_batch)
        self.link, self.peer = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (self.link, self.peer):
            end.setblocking(False)
        self.aborted = False
        self.behind: Callable[[], None] = lambda: None
        self._heard: list[list[str]] = []
        if way != "in its own way":
            self.redirect(Transport(self), self.link.fileno() if way == "straight" else None)

    @property
    def writes(self) -> list[list[str]]:
        """The texts of each write that has come."""
        while message := self._next():
            texts: list[str] = []
            self._heard.append(texts)
            while message:
                size = 2 + message[1]
                texts.append(message[2:size].decode())
                message = message[size:]
        return self._heard

    def fill(self) -> None:
        """Leaves no room for another message."""
        while True:
            try:
                self.link.send(b"x" * 100)
            except BlockingIOError:
                return

    def make_room(self) -> None:
        while self._next():
            pass

    def _next(self) -> bytes:
        try:
            return self.peer.recv(4096)
        except BlockingIOError:
            return b""

    def _send(self, packets: list[Packet]) -> None:
        self.link.send(joined_frames(packets))
        self.behind()

    def abort(self) -> None:
        self.aborted = True


class Transport:
    """Takes finished frames; what there is no room for it holds until there is."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def write(self, frame: bytes | memoryview) -> None:
        try:
            self._client.link.send(frame)
        except BlockingIOError:
            self._client.make_room()
            self._client.link.send(frame)
        self._client.behind()


@pytest.fixture
async def write_batch() -> WriteBatch:
    return WriteBatch(asyncio.get_running_loop())


Connect = Callable[..., Client]


@pytest.fixture
def connect(write_batch: WriteBatch) -> Iterator[Connect]:
    made: list[Client] = []

    def connected(way: str = "straight") -> Client:
        made.append(Client(write_batch, way))
        return made[-1]

    yield connected
    for client in made:
        client.link.close()
        client.peer.close()


@pytest.fixture(params=["straight", "by its transport", "in its own way"])
def clients(request: pytest.FixtureRequest, connect: Connect) -> list[Client]:
    return [connect(request.param) for _ in range(3)]


async def end_of_turn() -> None:
    await asyncio.sleep(0)


async def test_a_crowd_gets_its_packet_at_the_end_of_the_turn(write_batch: WriteBatch, clients: list[Client]) -> None:
    write_batch.spread(ONE, Recipients(clients))
    assert [client.writes for client in clients] == [[], [], []]
    await end_of_turn()
    assert [client.writes for client in clients] == [[["one"]]] * 3


async def test_all_that_is_due_in_a_turn_is_one_write_in_its_order(
    write_batch: WriteBatch, clients: list[Client]
) -> None:
    crowd, few = Recipients(clients), Recipients(clients[:1])
    clients[1].write(ONE)
    write_batch.spread(TWO, crowd)
    write_batch.spread(THREE, few)
    clients[2].write(ONE)
    await end_of_turn()
    assert [client.writes for client in clients] == [[["two", "three"]], [["one", "two"]], [["two", "one"]]]
    write_batch.spread(ONE, crowd)
    await end_of_turn()
    assert [client.writes[1:] for client in clients] == [[["one"]]] * 3


async def test_what_is_spread_behind_something_leaves_with_it(write_batch: WriteBatch, clients: list[Client]) -> None:
    clients[1].write(ONE)
    write_batch.spread(TWO, Recipients(clients))
    await end_of_turn()
    assert [client.writes for client in clients] == [[["two"]], [["one", "two"]], [["two"]]]


async def test_two_packets_for_one_crowd_leave_together(write_batch: WriteBatch, clients: list[Client]) -> None:
    crowd = Recipients(clients)
    write_batch.spread(ONE, crowd)
    write_batch.spread(TWO, crowd)
    await end_of_turn()
    assert [client.writes for client in clients] == [[["one", "two"]]] * 3


async def test_what_is_flushed_before_the_end_of_the_turn_includes_what_was_spread(
    write_batch: WriteBatch, clients: list[Client]
) -> None:
    write_batch.spread(ONE, Recipients(clients))
    clients[0].flush()
    assert clients[0].writes == [["one"]]
    assert clients[1].writes == []
    await end_of_turn()
    assert [client.writes for client in clients] == [[["one"]]] * 3


async def test_who_is_gone_by_the_end_of_the_turn_gets_nothing(write_batch: WriteBatch, clients: list[Client]) -> None:
    crowd = Recipients(clients)
    write_batch.spread(ONE, crowd)
    await end_of_turn()
    write_batch.spread(TWO, crowd)
    clients[0].lost()
    await end_of_turn()
    assert [client.writes for client in clients] == [[["one"]], [["one"], ["two"]], [["one"], ["two"]]]


async def test_a_crowd_follows_its_connections_to_other_transports(
    write_batch: WriteBatch, clients: list[Client], connect: Connect
) -> None:
    crowd = Recipients(clients)
    write_batch.spread(ONE, crowd)
    await end_of_turn()
    elsewhere = connect()
    clients[0].redirect(elsewhere.direct, elsewhere.descriptor)
    write_batch.spread(TWO, crowd)
    await end_of_turn()
    assert (clients[0].writes, elsewhere.writes, clients[1].writes) == ([["one"]], [["two"]], [["one"], ["two"]])


async def test_what_the_kernel_does_not_take_goes_by_the_transport(write_batch: WriteBatch, connect: Connect) -> None:
    clients = [connect() for _ in range(3)]
    clients[1].fill()
    write_batch.spread(ONE, Recipients(clients))
    await end_of_turn()
    assert [client.writes for client in clients] == [[["one"]]] * 3


@pytest.mark.parametrize("way", ["straight", "by its transport", "in its own way"])
async def test_a_link_that_breaks_is_cut_and_keeps_nothing_from_the_others(
    write_batch: WriteBatch, connect: Connect, way: str
) -> None:
    clients = [connect(way) for _ in range(3)]
    clients[1].peer.close()
    write_batch.spread(ONE, Recipients(clients))
    await end_of_turn()
    assert [client.aborted for client in clients] == [False, True, False]
    assert clients[0].writes == clients[2].writes == [["one"]]


@pytest.mark.parametrize("way", ["straight", "in its own way"])
async def test_what_a_write_brings_about_comes_behind_it(write_batch: WriteBatch, connect: Connect, way: str) -> None:
    first, second, other = connect(way), connect(), connect("in its own way")

    def answer() -> None:
        first.behind = lambda: None
        for client in (first, second, other):
            client.write(TWO)

    first.behind = answer
    if way == "straight":
        first.fill()
    write_batch.spread(ONE, Recipients([first, second, other]))
    await end_of_turn()
    await end_of_turn()
    assert first.writes == second.writes == other.writes == [["one"], ["two"]]
