"""Connection state recovery, packet by packet: what was missed comes, exactly."""

import json

import pytest

from realtime.doors.socketio.recovery import (
    Anchor,
    Place,
    Ticket,
    new_socket_id,
    read_number,
    read_pid,
    read_vector,
    sign,
    write_number,
)
from realtime.errors import CloseCode
from realtime.hub import Hub
from realtime.positions import Position
from tests.realtime.doors.in_process import Open, hub, open_socket
from tests.realtime.doors.socketio.recovering import HALLS, begin, resolved, say, say_together, settled
from tests.realtime.doors.socketio.written import PROCESS

__all__ = ["hub", "open_socket"]

pytestmark = pytest.mark.django_db(transaction=True)


class TestWhatAClientKeeps:
    def test_a_pid_stands_for_whose_connection_it_was(self) -> None:
        for ticket in (Ticket("s", HALLS, 7), Ticket("s", "/", None)):
            assert read_pid(sign(ticket)) == ticket
        assert read_pid(sign(Ticket("s", HALLS, 7))[:-1]) is None
        assert read_pid(None) is None

    def test_no_two_connections_have_one_id(self) -> None:
        assert len({new_socket_id() for _ in range(100)}) == 100

    def test_a_number_names_its_process(self) -> None:
        assert read_number(write_number(PROCESS, 7)) == (PROCESS, 7)
        assert read_number(f"2 {PROCESS} {'9' * 18}") == (PROCESS, 10**18 - 1)

    @pytest.mark.parametrize("offset", [None, 7, "1 hall:1=e:1", f"2 {PROCESS}", f"2 {PROCESS} -1", f"2 {PROCESS} ٣"])
    def test_nothing_else_is_taken_for_a_number(self, offset: object) -> None:
        assert read_number(offset) is None

    def test_a_vector_says_where_one_stands_and_where_one_is_counted(self) -> None:
        assert read_vector("1 *hall:1=e:5 hall:2=:0") == Place(
            {"hall:1": Position("e", 5), "hall:2": Position("", 0)}, frozenset({"hall:1"})
        )
        assert read_vector("1") == Place({}, frozenset())

    @pytest.mark.parametrize("offset", [None, 7, "", f"2 {PROCESS} 1", "1 hall:1", "1  "])
    def test_nothing_else_is_taken_for_a_vector(self, offset: object) -> None:
        assert read_vector(offset) is None

    def test_an_anchor_also_says_what_is_read_from_the_log(self) -> None:
        anchor = Anchor.read(3, "1 *hall:1=e:5 ~*hall:2=e:1 ~hall:3=e:2")
        assert anchor is not None
        assert (anchor.number, anchor.apart) == (3, frozenset({"hall:2", "hall:3"}))
        assert anchor.place.present == {"hall:1", "hall:2"}
        assert Anchor.read(3, "1 hall:1") is None


async def test_a_client_gets_exactly_what_it_missed_in_every_room(open_socket: Open) -> None:
    client, before = await begin(open_socket, 1, 2)
    await say(1, "one")
    await say(2, "two")
    await client.until(lambda: client.said() == ["one", "two"])
    await settled(client)
    await client.close()
    await say(2, "three")
    await say(1, "four")
    again = await open_socket()
    assert await again.enter(HALLS, token="7", pid=before["pid"], offset=client.offset()) == before
    await say(1, "five")
    await again.until(lambda: len(again.said()) == 3)
    assert sorted(again.said()) == ["five", "four", "three"]


async def test_a_break_in_the_middle_of_a_turn_is_continued_exactly(open_socket: Open) -> None:
    client, before = await begin(open_socket, 1, 2)
    await say_together(1, "one", "two", "three")
    await client.until(lambda: len(client.said()) == 3)
    await client.close()
    texts = ["one", "two", "three"]
    for number, (_, meta, offset) in enumerate(client.events(HALLS, "hall:said"), 1):
        place = await resolved(before, offset)
        assert place is not None
        assert place.positions["hall:1"] == Position(meta["epoch"], meta["seq"])
        again = await open_socket()
        assert await again.enter(HALLS, token="7", pid=before["pid"], offset=offset) == before
        await settled(again)
        assert again.said() == texts[number:]
        await again.close()


async def test_a_client_that_was_told_of_a_room_has_its_place(open_socket: Open) -> None:
    """Wherever it breaks off: between an answer and what comes behind it, too."""
    client, before = await begin(open_socket, 1)
    assert (await client.ask(HALLS, "room:subscribe", {"room": "hall:2"}))["success"]
    await say(1, "one")
    await client.until(lambda: client.said() == ["one"])
    assert (await client.ask(HALLS, "hall:join", {"hallId": 3}))["success"]
    assert (await client.ask(HALLS, "room:unsubscribe", {"room": "hall:2"}))["success"]
    await settled(client)
    rooms: set[str] = set()
    offset, answers = "", 0
    joined = [{"hall:1"}, {"hall:1", "hall:2"}, {"hall:1", "hall:2", "hall:3"}, {"hall:1", "hall:3"}]
    for text in client.texts:
        if text.startswith(f"2{HALLS},") and isinstance(last := json.loads(text[text.index("[") :])[-1], str):
            offset = last
        if text.startswith(f"3{HALLS},") and answers < len(joined):
            rooms, answers = joined[answers], answers + 1
            place = await resolved(before, offset)
            assert place is not None
            assert place.positions.keys() == rooms, (text, offset)
    assert answers == len(joined)


async def test_a_client_that_heard_nothing_yet_recovers_too(open_socket: Open) -> None:
    client, before = await begin(open_socket)
    await client.until(lambda: client.offset() == "1")
    await client.close()
    again = await open_socket()
    assert await again.enter(HALLS, token="7", pid=before["pid"], offset="1") == before


async def test_presence_goes_on_where_it_was(open_socket: Open, hub: Hub) -> None:
    client, before = await begin(open_socket, 1)
    await client.ask(HALLS, "room:subscribe", {"room": "hall:2"})
    await settled(client)
    await client.close()
    again = await open_socket()
    await again.enter(HALLS, token="7", pid=before["pid"], offset=client.offset())
    await settled(again)
    [session] = hub.sessions()
    assert session.joined() == {"hall:1": True, "hall:2": False}


async def test_a_client_whose_server_says_bye_gets_exactly_what_it_missed(open_socket: Open, hub: Hub) -> None:
    client, before = await begin(open_socket, 1)
    await say(1, "one")
    await client.until(lambda: client.said() == ["one"])
    hub.sessions()[0].end(CloseCode.SERVICE_RESTART, "The server restarts.")
    await client.until(lambda: bool(client.events(HALLS, "bye")))
    assert client.offset().startswith("1 *hall:1=")  # no journal of a process that has gone is needed for it
    await say(1, "two")
    again = await open_socket()
    assert await again.enter(HALLS, token="7", pid=before["pid"], offset=client.offset()) == before
    await again.until(lambda: again.said() == ["two"])


async def test_recovery_comes_before_the_positions_in_auth_which_hold_where_it_is_refused(open_socket: Open) -> None:
    """A client may always send both: phones do."""
    client, before = await begin(open_socket, 1)
    await say(1, "one", "two")
    await client.until(lambda: client.said() == ["one", "two"])
    await settled(client)
    [_, meta, _], _ = client.events(HALLS, "hall:said")
    rooms = {"hall:1": {"epoch": meta["epoch"], "seq": meta["seq"]}}
    await client.close()
    await say(1, "three")
    again = await open_socket()
    assert await again.enter(HALLS, token="7", pid=before["pid"], offset=client.offset(), rooms=rooms) == before
    await again.until(lambda: again.said() == ["three"])
    anew = await open_socket()
    assert await anew.enter(HALLS, token="7", pid=before["pid"], offset="nonsense", rooms=rooms) != before
    await anew.until(lambda: anew.said() == ["two", "three"])
    assert anew.events(HALLS, "session:ready")[0][0]["rooms"]["hall:1"]["recovered"] is True


async def test_recovery_can_be_repeated_with_the_same_pid(open_socket: Open) -> None:
    client, before = await begin(open_socket, 1)
    await settled(client)
    for text in ("one", "two", "three"):
        await client.close()
        await say(1, text)
        again = await open_socket()
        assert await again.enter(HALLS, token="7", pid=before["pid"], offset=client.offset()) == before
        await again.until(lambda again=again, text=text: again.said() == [text])
        await settled(again)
        client = again


async def test_a_room_that_was_left_does_not_come_back(open_socket: Open, hub: Hub) -> None:
    client, before = await begin(open_socket, 1, 2)
    await client.ask(HALLS, "room:unsubscribe", {"room": "hall:1"})
    await settled(client)
    await client.close()
    again = await open_socket()
    assert await again.enter(HALLS, token="7", pid=before["pid"], offset=client.offset()) == before
    await settled(again)
    assert set(hub.sessions()[0].joined()) == {"hall:2"}
