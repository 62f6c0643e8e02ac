"""How an event looks to a Socket.IO client: with an offset that is the same for everybody, or with none."""

import json
from typing import Any

import pytest

from realtime.doors.socketio.wire import SOCKET_IO, RecoveringWire
from realtime.log.events import EphemeralEvent, StoredEvent
from realtime.positions import Position
from realtime.transport.packets import Packet
from tests.realtime.doors.in_process import Open, hub, open_socket
from tests.realtime.doors.socketio.recovering import HALLS, begin, resolved, say, say_together, settled
from tests.realtime.doors.socketio.written import PROCESS, Written

__all__ = ["hub", "open_socket"]

pytestmark = pytest.mark.django_db(transaction=True)


EVENT = StoredEvent("hall:1", "e", 7, "hall:said", b'{"text":"one"}', 5)
POSITION = Position("e", 7)
META = {"eventId": EVENT.event_id, "timestamp": 5, "room": "hall:1", "epoch": "e", "seq": 7}


def arguments(packet: Packet) -> Any:
    head, text = packet.text[:9], packet.text[9:]
    assert head == b"42/halls,"
    return json.loads(text)


class TestEncoding:
    """Each kind of word, as the listener of a client gets it."""

    @pytest.fixture
    def recovering(self) -> RecoveringWire:
        return RecoveringWire(Written())

    def test_an_event_of_the_log_has_its_place_and_for_stock_clients_a_last_word(
        self, recovering: RecoveringWire
    ) -> None:
        assert arguments(SOCKET_IO.durable(HALLS, EVENT, POSITION)) == ["hall:said", {"text": "one"}, META]
        assert arguments(recovering.durable(HALLS, EVENT, POSITION)) == [
            "hall:said", {"text": "one"}, META, EVENT.event_id
        ]  # fmt: skip

    def test_what_is_hidden_has_a_place_and_no_more(self, recovering: RecoveringWire) -> None:
        place = {"room": "hall:1", "epoch": "e", "seq": 7}
        assert arguments(SOCKET_IO.hidden(HALLS, "hall:1", POSITION)) == ["hidden", None, place]
        assert arguments(recovering.hidden(HALLS, "hall:1", POSITION)) == ["hidden", None, place, "hall:1:e:7"]

    def test_what_is_not_in_the_log_has_no_place(self, recovering: RecoveringWire) -> None:
        event = EphemeralEvent("hall:1", "hall:typing", b"{}", event_id="x", created_at_ms=5)
        for wire in (SOCKET_IO, recovering):
            assert arguments(wire.ephemeral(HALLS, event)) == [
                "hall:typing", {}, {"eventId": "x", "timestamp": 5, "room": "hall:1"}
            ]  # fmt: skip

    def test_a_word_of_the_engine_names_its_room_if_it_has_one(self) -> None:
        assert arguments(SOCKET_IO.notice(HALLS, "bye", {"code": 1})) == ["bye", {"code": 1}]
        assert arguments(SOCKET_IO.notice(HALLS, "room:reset", None, "hall:1")) == [
            "room:reset",
            None,
            {"room": "hall:1"},
        ]

    def test_clients_with_offsets_share_no_bytes_with_those_without(self, recovering: RecoveringWire) -> None:
        assert len({wire.key(name) for wire in (SOCKET_IO, recovering) for name in (HALLS, "/members")}) == 4

    def test_all_audiences_of_one_step_have_one_number_and_the_next_step_has_another(
        self, recovering: RecoveringWire
    ) -> None:
        seen = recovering.durable(HALLS, EVENT, POSITION)
        hidden = recovering.hidden(HALLS, "hall:1", POSITION)

        def numbered(packet: Packet, part: int, position: Position = POSITION) -> Packet:
            return recovering.delivered(packet, "hall:1", position, part, more=False)

        first = numbered(seen, 0)
        assert arguments(first)[-1] == f"2 {PROCESS} 1"
        assert arguments(numbered(hidden, 0))[-1] == f"2 {PROCESS} 1"
        assert numbered(seen, 0) is first  # shared by all who get it
        assert arguments(numbered(seen, 1))[-1] == f"2 {PROCESS} 2"
        assert arguments(numbered(seen, 0, Position("e", 8)))[-1] == f"2 {PROCESS} 3"
        assert SOCKET_IO.delivered(seen, "hall:1", POSITION, 0, more=False) is seen

    def test_where_a_client_stands_is_the_last_argument(self, recovering: RecoveringWire) -> None:
        assert arguments(recovering.offset(HALLS, "1 hall:1=e:7")) == ["session:offset", "1 hall:1=e:7"]


async def test_an_event_carries_the_same_offset_for_everybody(open_socket: Open) -> None:
    """Whatever other rooms they have; for whom something is hidden it is the same, too."""
    clients = [await begin(open_socket, 1, other, token=str(other)) for other in (8, 9, 10)]
    await say(1, "one")
    offsets = set()
    for client, accepted in clients:
        await client.until(lambda client=client: client.said() == ["one"])
        [[_, meta, offset]] = client.events(HALLS, "hall:said")
        offsets.add(offset)
        place = await resolved(accepted, offset)
        assert place is not None
        assert place.positions["hall:1"] == Position(meta["epoch"], 1)
        assert len(place.positions) == 2
    assert len(offsets) == 1
    client, before = clients[0]
    await client.close()
    await say(1, "two")
    again = await open_socket()
    assert await again.enter(HALLS, token="8", pid=before["pid"], offset=client.offset()) == before
    await again.until(lambda: again.said() == ["two"])


async def test_a_client_that_keeps_its_own_positions_is_told_no_offsets(open_socket: Open) -> None:
    """It says so at CONNECT, and goes on from what it has kept."""
    client = await open_socket()
    accepted = await client.enter(HALLS, token="7", recovery=False)
    assert accepted.keys() == {"sid"}
    for hall in (1, 2):
        assert (await client.ask(HALLS, "hall:join", {"hallId": hall}))["success"]
    await say(1, "one")
    await say_together(2, "two", "three")
    await client.until(lambda: len(client.said()) == 3)
    await settled(client)
    assert all(len(arguments) == 2 for arguments in client.events(HALLS, "hall:said"))
    assert client.events(HALLS, "session:offset") == []
    assert client.offset() == ""
    meta = next(meta for payload, meta in client.events(HALLS, "hall:said") if payload == {"text": "one"})
    await client.close()
    await say(1, "four")
    again = await open_socket()
    rooms = {"hall:1": {"epoch": meta["epoch"], "seq": meta["seq"]}}
    # A pid and an offset in its hands, from wherever, are not asked about.
    _, other = await begin(open_socket)
    auth = {"token": "7", "recovery": False, "pid": other["pid"], "offset": "1", "rooms": rooms}
    assert (await again.enter(HALLS, **auth)).keys() == {"sid"}
    await again.until(lambda: again.said() == ["four"])
