"""What connections get at the end of a turn: in order, and all in one write."""

import asyncio
from collections.abc import Callable

import pytest

from realtime.connection import Connection
from realtime.outbox import Crowd, Outbox
from realtime.packets import Packet

ONE, TWO, THREE = (Packet(text.encode()) for text in ("one", "two", "three"))


class Client(Connection):
    """A link, straight to its transport or not, that notes each write it gets."""

    __slots__ = ("aborted", "breaks", "writes")

    def __init__(self, outbox: Outbox, *, straight: bool = True) -> None:
        super().__init__(outbox)
        self.writes: list[list[str]] = []
        self.breaks = False
        self.aborted = False
        if straight:
            self.redirect(Transport(self))

    def _send(self, packets: list[Packet]) -> None:
        self.writes.append([packet.text.decode() for packet in packets])

    def abort(self) -> None:
        self.aborted = True


class Transport:
    """Takes finished frames, one packet of these tests at a time."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.behind: Callable[[], None] = lambda: None

    def write(self, frame: bytes) -> None:
        if self._client.breaks:
            raise RuntimeError("It is closed.")
        self._client.writes.append([frame[2:].decode()])
        self.behind()


@pytest.fixture
async def outbox() -> Outbox:
    return Outbox(asyncio.get_running_loop())


@pytest.fixture(params=[True, False], ids=["straight", "in its own way"])
def clients(request: pytest.FixtureRequest, outbox: Outbox) -> list[Client]:
    return [Client(outbox, straight=request.param) for _ in range(3)]


async def end_of_turn() -> None:
    await asyncio.sleep(0)


async def test_a_crowd_gets_its_packet_at_the_end_of_the_turn(outbox: Outbox, clients: list[Client]) -> None:
    outbox.spread(ONE, Crowd(clients))
    assert [client.writes for client in clients] == [[], [], []]
    await end_of_turn()
    assert [client.writes for client in clients] == [[["one"]]] * 3


async def test_all_that_is_due_in_a_turn_is_one_write_in_its_order(outbox: Outbox, clients: list[Client]) -> None:
    crowd, few = Crowd(clients), Crowd(clients[:1])
    clients[1].write(ONE)
    outbox.spread(TWO, crowd)
    outbox.spread(THREE, few)
    clients[2].write(ONE)
    await end_of_turn()
    assert [client.writes for client in clients] == [[["two", "three"]], [["one", "two"]], [["two", "one"]]]
    outbox.spread(ONE, crowd)
    await end_of_turn()
    assert [client.writes[1:] for client in clients] == [[["one"]]] * 3


async def test_what_is_spread_behind_something_leaves_with_it(outbox: Outbox, clients: list[Client]) -> None:
    clients[1].write(ONE)
    outbox.spread(TWO, Crowd(clients))
    await end_of_turn()
    assert [client.writes for client in clients] == [[["two"]], [["one", "two"]], [["two"]]]


async def test_two_packets_for_one_crowd_leave_together(outbox: Outbox, clients: list[Client]) -> None:
    crowd = Crowd(clients)
    outbox.spread(ONE, crowd)
    outbox.spread(TWO, crowd)
    await end_of_turn()
    assert [client.writes for client in clients] == [[["one", "two"]]] * 3


async def test_what_is_flushed_before_the_end_of_the_turn_includes_what_was_spread(
    outbox: Outbox, clients: list[Client]
) -> None:
    outbox.spread(ONE, Crowd(clients))
    clients[0].flush()
    assert clients[0].writes == [["one"]]
    assert clients[1].writes == []
    await end_of_turn()
    assert [client.writes for client in clients] == [[["one"]]] * 3


async def test_who_is_gone_by_the_end_of_the_turn_gets_nothing(outbox: Outbox, clients: list[Client]) -> None:
    crowd = Crowd(clients)
    outbox.spread(ONE, crowd)
    await end_of_turn()
    outbox.spread(TWO, crowd)
    clients[0].lost()
    await end_of_turn()
    assert [client.writes for client in clients] == [[["one"]], [["one"], ["two"]], [["one"], ["two"]]]


async def test_a_crowd_follows_its_connections_to_other_transports(outbox: Outbox, clients: list[Client]) -> None:
    crowd = Crowd(clients)
    outbox.spread(ONE, crowd)
    await end_of_turn()
    elsewhere = Client(outbox)
    clients[0].redirect(elsewhere.direct)
    outbox.spread(TWO, crowd)
    await end_of_turn()
    assert (clients[0].writes, elsewhere.writes, clients[1].writes) == ([["one"]], [["two"]], [["one"], ["two"]])


async def test_a_link_that_breaks_is_cut_and_keeps_nothing_from_the_others(outbox: Outbox) -> None:
    clients = [Client(outbox) for _ in range(3)]
    clients[1].breaks = True
    outbox.spread(ONE, Crowd(clients))
    await end_of_turn()
    assert [client.aborted for client in clients] == [False, True, False]
    assert [client.writes for client in clients] == [[["one"]], [], [["one"]]]


async def test_what_a_write_brings_about_comes_behind_it(outbox: Outbox) -> None:
    first, second, other = Client(outbox), Client(outbox), Client(outbox, straight=False)

    def answer() -> None:
        assert isinstance(first.direct, Transport)
        first.direct.behind = lambda: None
        for client in (first, second, other):
            client.write(TWO)

    assert isinstance(first.direct, Transport)
    first.direct.behind = answer
    outbox.spread(ONE, Crowd([first, second, other]))
    await end_of_turn()
    await end_of_turn()
    assert first.writes == second.writes == other.writes == [["one"], ["two"]]
