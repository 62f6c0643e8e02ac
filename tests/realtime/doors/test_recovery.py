"""Connection state recovery, packet by packet: exact or refused, and never on somebody else's behalf."""

import asyncio
import gc
import json
import random
import weakref
from typing import Any

import msgspec
import pytest
from asgiref.sync import sync_to_async
from django.core import signing

import realtime
from realtime.doors.socketio import journal
from realtime.doors.socketio.door import current_door
from realtime.doors.socketio.recovery import Place, read_pid
from realtime.doors.socketio.session import SocketSession
from realtime.errors import CloseCode
from realtime.hub import Hub
from realtime.hub.room import Membership
from realtime.log.events import StoredEvent
from realtime.models import Event, Lease, RoomHead
from realtime.positions import Position
from tests.realtime.app.events import HallRoom, Said, VaultRoom
from tests.realtime.doors.in_process import BareClient, Open, hub, open_socket

__all__ = ["hub", "open_socket"]

pytestmark = pytest.mark.django_db(transaction=True)

HALLS = "/halls"


async def say(hall: int, *texts: str) -> None:
    for text in texts:
        await realtime.aemit(HallRoom(hall), Said(text=text))


async def say_together(hall: int, *texts: str) -> None:
    """In one transaction, whose events leave together."""

    @sync_to_async
    def say_all() -> None:
        with realtime.atomic():
            for text in texts:
                realtime.emit(HallRoom(hall), Said(text=text))

    await say_all()


async def settled(client: BareClient) -> None:
    """Waits until everything before has gone out, vector and all."""
    await client.ask(HALLS, "session:ping", {})


async def resolved(accepted: dict[str, Any], offset: str) -> Place | None:
    """Where a client stands that was accepted with that pid, and kept that offset."""
    ticket = read_pid(accepted["pid"])
    assert ticket is not None
    return await (await current_door()).backend.place(ticket, offset)


async def told_where_they_stand(hub: Hub) -> None:
    """The heartbeat of everybody comes, behind which nobody's last word is a number."""
    for session in hub.sessions():
        assert isinstance(session, SocketSession)
        session.beating()


async def begin(open_socket: Open, *halls: int, token: str = "7") -> tuple[BareClient, dict[str, Any]]:
    """A client in some halls, with its `sid` and `pid`."""
    client = await open_socket()
    accepted = await client.enter(HALLS, token=token)
    for hall in halls:
        assert (await client.ask(HALLS, "hall:join", {"hallId": hall}))["success"]
    return client, accepted


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


class TestRefusals:
    """Whatever is not exact begins anew: another sid, another pid, no event of the past."""

    async def assert_refused(self, open_socket: Open, before: dict[str, Any], **auth: Any) -> None:
        again = await open_socket()
        accepted = await again.enter(HALLS, **({"token": "7", "pid": before["pid"]} | auth))
        assert accepted.keys() == {"sid", "pid"}
        assert accepted["sid"] != before["sid"]
        assert accepted["pid"] != before["pid"]
        await settled(again)
        assert again.said() == []
        ready = again.events(HALLS, "session:ready")
        assert len(ready) == 1
        assert ready[0][0]["rooms"] == {}
        await again.close()

    async def test_an_event_that_was_replayed_without_the_vector_behind_it(self, open_socket: Open) -> None:
        """The connection broke while it caught up: the other rooms' places are not known."""
        client, before = await begin(open_socket, 1)
        await say(1, "one")
        await client.until(client.said)
        await client.close()
        await say(1, "two", "three")
        again = await open_socket()
        assert await again.enter(HALLS, token="7", pid=before["pid"], offset=client.offset()) == before
        await again.until(lambda: len(again.said()) == 2)
        for _, meta, event_id in again.events(HALLS, "hall:said"):
            assert event_id == meta["eventId"]
            await self.assert_refused(open_socket, before, offset=event_id)

    async def test_a_number_that_is_not_known_here(self, open_socket: Open, hub: Hub) -> None:
        """Of another process, without Redis; of the future; from before the session; of no process at all."""
        await say(1, "nobody's")
        client, before = await begin(open_socket, 1)
        await say(1, "one")
        await client.until(client.said)
        version, process, number = client.offset().split(" ")
        assert (version, process) == ("2", hub.id)
        for offset in (
            f"2 {'0' * 16} {number}",
            f"2 {process} {int(number) + 1}",
            f"2 {process} 0",
            f"2 {process} -1",
            f"2 {process} {'9' * 18}",
            f"2 {process} {'9' * 19}",
            f"2 {process} ٣",
            f"2 {process.upper() + '*'} {number}",
            f"2 {process}",
            f"2 {process} {number} ",
            f"3 {process} {number}",
        ):
            await self.assert_refused(open_socket, before, offset=offset)

    async def test_a_number_is_good_for_its_own_session_alone(self, open_socket: Open) -> None:
        """Another's number under one's own pid: one's own place at that time, or none."""
        client, before = await begin(open_socket, 1)
        await say(1, "one")
        await client.until(client.said)
        late, accepted = await begin(open_socket, token="7")
        await settled(late)
        await self.assert_refused(open_socket, accepted, offset=client.offset())
        await self.assert_refused(open_socket, before, token="8", offset=client.offset())

    @pytest.mark.parametrize(
        "offset", [None, "", "nonsense", "2", "1 hall:1", "1 hall:1=:x", "1  ", 7, {"a": 1}, ["2"]]
    )
    async def test_an_offset_that_is_none(self, open_socket: Open, offset: object) -> None:
        _, before = await begin(open_socket, 1)
        await self.assert_refused(open_socket, before, offset=offset)

    @pytest.mark.parametrize(
        "pid", [None, "", "nonsense", 7, ["a"], pytest.param(signing.dumps(["a", HALLS, 7]), id="unsigned-by-us")]
    )
    async def test_a_pid_that_is_none(self, open_socket: Open, pid: object) -> None:
        client, before = await begin(open_socket, 1)
        await settled(client)
        await self.assert_refused(open_socket, before, pid=pid, offset=client.offset())

    @pytest.mark.parametrize("auth", [{"token": "8"}, {"token": None}])
    async def test_a_pid_in_other_hands(self, open_socket: Open, auth: dict[str, Any]) -> None:
        client, before = await begin(open_socket, 1)
        await settled(client)
        await self.assert_refused(open_socket, before, offset=client.offset(), **auth)

    async def test_a_pid_of_another_namespace(self, open_socket: Open) -> None:
        client = await open_socket()
        before = await client.enter("/members", token="7")
        await self.assert_refused(open_socket, before, offset="1")

    async def test_a_history_that_was_lost(self, open_socket: Open, hub: Hub) -> None:
        client, before = await begin(open_socket, 1)
        await say(1, "one")
        await client.until(client.said)
        await told_where_they_stand(hub)
        await settled(client)
        await client.close()
        offset = client.offset().replace("=", "=f")
        assert offset.startswith("1 ")
        await self.assert_refused(open_socket, before, offset=offset)

    async def test_a_history_that_was_trimmed(self, open_socket: Open, hub: Hub) -> None:
        client, before = await begin(open_socket, 1)
        await say(1, "one")
        await client.until(client.said)
        await settled(client)
        await client.close()
        await say(1, "two", "three")
        await Event.objects.filter(room="hall:1", seq__lt=3).adelete()
        await RoomHead.objects.filter(room="hall:1").aupdate(min_seq=3)
        hub.rooms.clear()
        await self.assert_refused(open_socket, before, offset=client.offset())

    async def test_a_position_of_the_future(self, open_socket: Open, hub: Hub) -> None:
        client, before = await begin(open_socket, 1)
        await say(1, "one")
        await client.until(client.said)
        await told_where_they_stand(hub)
        await settled(client)
        offset = client.offset()
        assert offset.endswith(":1")
        await self.assert_refused(open_socket, before, offset=offset.removesuffix("1") + "9")

    async def test_one_room_that_may_not_be_entered_any_more(self, open_socket: Open) -> None:
        await Lease.objects.acreate(name="key:1:7", holder="test", expires_at="2030-01-01T00:00:00Z")
        client, before = await begin(open_socket, 1)
        assert (await client.ask(HALLS, "room:subscribe", {"room": "vault:1"}))["success"]
        await settled(client)
        await client.close()
        await realtime.aemit(VaultRoom(1), Said(text="secret"))
        await Lease.objects.filter(name="key:1:7").adelete()
        await self.assert_refused(open_socket, before, offset=client.offset())

    async def test_who_is_not_let_in_at_all(self, open_socket: Open) -> None:
        client, before = await begin(open_socket, 1)
        await settled(client)
        again = await open_socket()
        refused = await again.enter(HALLS, token="7:expired", pid=before["pid"], offset=client.offset())
        assert refused["data"]["code"] == "TOKEN_EXPIRED"


async def test_a_forged_offset_opens_no_door(open_socket: Open) -> None:
    """The offset is the client's own word: it is authorised like any other."""
    await realtime.aemit(VaultRoom(1), Said(text="secret"))
    _, before = await begin(open_socket)
    again = await open_socket()
    accepted = await again.enter(HALLS, token="7", pid=before["pid"], offset="1 vault:1=:0")
    assert accepted["sid"] != before["sid"]
    await settled(again)
    assert again.said() == []


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


async def test_the_heartbeat_tells_where_a_client_stands_whose_last_word_was_a_number(
    open_socket: Open, hub: Hub
) -> None:
    client, before = await begin(open_socket, 1)
    await say(1, "one")
    await client.until(client.said)
    number = client.offset()
    assert number.startswith("2 ")
    await told_where_they_stand(hub)
    await settled(client)
    assert client.events(HALLS, "session:offset")[-1] == [client.offset()]
    assert client.offset().startswith("1 *hall:1=")
    assert await resolved(before, client.offset()) == await resolved(before, number)
    seen = len(client.texts)
    await told_where_they_stand(hub)
    await settled(client)
    assert not any("session:offset" in text for text in client.texts[seen:])


async def test_who_catches_up_is_told_where_it_stands_behind_each_page(open_socket: Open, hub: Hub) -> None:
    await say_together(1, *(str(number) for number in range(100)))
    hub.settings = msgspec.structs.replace(hub.settings, replay_page=10)
    client = await open_socket()
    rooms = {"hall:1": {"epoch": (await RoomHead.objects.aget(room="hall:1")).epoch, "seq": 0}}
    accepted = await client.enter(HALLS, token="7", rooms=rooms)
    await client.until(lambda: len(client.said()) == 100)
    await settled(client)
    told = [await resolved(accepted, offset) for [offset] in client.events(HALLS, "session:offset")]
    seqs = [place.positions["hall:1"].seq for place in told if place and place.positions]
    assert set(range(10, 101, 10)) <= set(seqs)
    assert await assert_exact(client, accepted) >= 10


async def test_what_is_delivered_in_a_room_that_a_client_reads_from_the_log_is_not_taken_for_its_own(
    open_socket: Open, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_read = asyncio.Event()
    read = hub.catch_up._advance

    async def later(member: Membership) -> None:
        await may_read.wait()
        await read(member)

    client, before = await begin(open_socket, 1, 2)
    other, _ = await begin(open_socket, 1, token="8")
    await say(1, "one")
    await client.until(lambda: client.said() == ["one"])
    monkeypatch.setattr(hub.catch_up, "_advance", later)
    hub.catch_up.demote(hub.sessions()[0].memberships["hall:1"])
    await settled(client)
    await say(1, "two")
    await other.until(lambda: other.said() == ["one", "two"])
    await say(2, "elsewhere")
    await client.until(lambda: client.said() == ["one", "elsewhere"])
    place = await resolved(before, client.offset())
    assert place is not None
    assert {room: position.seq for room, position in place.positions.items()} == {"hall:1": 1, "hall:2": 1}
    await client.close()
    may_read.set()
    again = await open_socket()
    assert await again.enter(HALLS, token="7", pid=before["pid"], offset=client.offset()) == before
    await again.until(lambda: again.said() == ["two"])


async def test_an_older_session_of_the_same_client_writes_nothing_into_its_journal(open_socket: Open, hub: Hub) -> None:
    """A cut that the server has not noticed yet: both are live, in other rooms, under one socket id."""
    unnoticed, before = await begin(open_socket, 1)
    await say(1, "one")
    await unnoticed.until(unnoticed.said)
    client = await open_socket()
    assert await client.enter(HALLS, token="7", pid=before["pid"], offset=unnoticed.offset()) == before
    assert (await client.ask(HALLS, "hall:join", {"hallId": 2}))["success"]
    assert (await unnoticed.ask(HALLS, "room:unsubscribe", {"room": "hall:1"}))["success"]
    await told_where_they_stand(hub)
    await settled(unnoticed)
    await say(2, "two")
    await client.until(lambda: client.said() == ["two"])
    place = await resolved(before, client.offset())
    assert place is not None
    assert place.positions.keys() == {"hall:1", "hall:2"}


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


async def test_what_is_kept_of_those_at_one_place_lets_go_of_who_is_gone(open_socket: Open, hub: Hub) -> None:
    gone, *others = [(await begin(open_socket, 1))[0] for _ in range(3)]
    await say(1, "one")
    for client in (gone, *others):
        await client.until(lambda client=client: client.said() == ["one"])
    connections = [weakref.ref(connection) for connection in hub.connections.values()]
    await gone.close()
    async with asyncio.timeout(30):
        while sum(connection() is not None for connection in connections) > 2:
            gc.collect()
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("slice_size", [1000, 2])
@pytest.mark.parametrize("seed", range(4))
async def test_every_offset_is_exactly_where_its_client_stands(
    open_socket: Open, hub: Hub, monkeypatch: pytest.MonkeyPatch, seed: int, slice_size: int
) -> None:
    """Over any mixture of events in one room or several, of joining, leaving and falling behind, and of turns."""

    async def nothing() -> None:
        """The log has none of these events: a sweep that compares the heads would rightly begin the rooms anew."""

    monkeypatch.setattr(hub.sweep, "_sweep", nothing)
    monkeypatch.setattr(journal, "_KEPT_ANCHORS", 1_000_000)
    # Rings that hold everything: the log has none of it.
    hub.settings = msgspec.structs.replace(hub.settings, fan_out_slice=slice_size, ring_events=1000)
    chance = random.Random(seed)
    read = hub.catch_up._advance

    async def read_little(member: Membership) -> None:
        """Often one event at a time, while other rooms go on live."""
        recent = member.state.recent(member.seq)
        if not recent or chance.random() < 0.2:
            await read(member)
            return
        if chance.random() < 0.7:
            hub.catch_up._write(member, recent[:1])
            member.session.replayed()
        member.connection.flush()
        await asyncio.sleep(0)

    monkeypatch.setattr(hub.catch_up, "_advance", read_little)
    halls = [1, 2, 3]
    clients = [
        await begin(open_socket, *chance.sample(halls, chance.randint(1, 2)), token=str(person))
        for person in range(10, 19)
    ]
    clients.append(await begin(open_socket, *halls, token="19"))  # no hall is without anybody at the beginning
    seqs = dict.fromkeys(halls, 0)
    left: set[tuple[BareClient, int]] = set()

    def happen(hall: int) -> None:
        seqs[hall] += 1
        hub.accept(StoredEvent(f"hall:{hall}", "e", seqs[hall], "hall:said", b'{"text":"x"}', 1))

    for _ in range(300):
        changing, hall = chance.choice(clients)[0], chance.choice(halls)
        if chance.random() < 0.02 and (changing, hall) not in left:
            assert (await changing.ask(HALLS, "hall:join", {"hallId": hall}))["success"]
        elif chance.random() < 0.01:
            left.add((changing, hall))
            await changing.ask(HALLS, "room:unsubscribe", {"room": f"hall:{hall}"})
        if chance.random() < 0.05:
            slow = chance.choice([member for session in hub.sessions() for member in session.memberships.values()])
            if slow.is_live:
                hub.catch_up.demote(slow)
                happen(int(slow.state.name[-1]))
        happen(chance.choice(halls))
        for _ in range(chance.choice((0, 0, 1, 1, 2, 9))):
            await asyncio.sleep(0)
    for client, _ in clients:
        await settled(client)
    for hall in halls:
        happen(hall)
    compared = 0
    for client, _ in clients:
        await settled(client)
    await told_where_they_stand(hub)
    for client, accepted in clients:
        await settled(client)
        place = await resolved(accepted, client.offset())
        assert place is not None
        for room in place.positions:
            await client.until(
                lambda client=client, room=room: any(
                    meta["room"] == room and meta["seq"] == seqs[int(room[-1])]
                    for _, meta, _ in client.events(HALLS, "hall:said")
                )
            )
        compared += await assert_exact(client, accepted)
    assert compared > 1000


async def assert_exact(client: BareClient, accepted: dict[str, Any]) -> int:
    """Holds each offset against the events before and behind it; returns how many places were compared."""
    compared = 0
    events = [json.loads(text[text.index("[") :]) for text in client.texts if text.startswith(f"2{HALLS},[")]
    for index, (*_, offset) in enumerate(events):
        place = await resolved(accepted, offset) if isinstance(offset, str) else None
        for room, position in (place.positions if place else {}).items():
            before = [event[2]["seq"] for event in events[: index + 1] if is_said(event, room)]
            behind = [event[2]["seq"] for event in events[index + 1 :] if is_said(event, room)]
            assert not before or before[-1] <= position.seq, (offset, events)
            assert not behind or behind[0] == position.seq + 1, (offset, events)
            compared += bool(before or behind)
    return compared


def is_said(event: list[Any], room: str) -> bool:
    return event[0] == "hall:said" and event[2]["room"] == room
