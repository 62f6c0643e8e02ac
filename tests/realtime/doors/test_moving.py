"""A session on its way to another process that knows less, or does not answer; and what the log says of it."""

import asyncio
import logging
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer

import realtime
from realtime.doors.engineio import carrier as carrying
from realtime.doors.engineio import server
from realtime.doors.engineio.binding import Shown
from realtime.doors.engineio.carrier import Answered, Ask, Carrier, Received
from realtime.doors.engineio.packets import decode
from realtime.doors.engineio.server import Moved
from realtime.doors.engineio.session import EngineSession
from realtime.doors.errors import RequestRefused
from realtime.doors.socketio import holding
from realtime.doors.socketio.connection import SocketConnection
from realtime.doors.socketio.door import SocketDoor, current_door
from realtime.errors import RateLimited
from realtime.hub import Hub
from realtime.log import after_commit
from realtime.models import RoomHead
from realtime.transport.packets import Packet
from tests.realtime.app.events import HallRoom, Said
from tests.realtime.app.weather import Weather
from tests.realtime.doors.in_process import Open, hub, open_socket
from tests.realtime.doors.temporary import weather

__all__ = ["hub", "open_socket", "weather"]

pytestmark = pytest.mark.django_db(transaction=True)

HALLS, HALL = "/halls", HallRoom(1)
SCOPE: dict[str, Any] = {"type": "http", "path": "/socket.io/", "headers": [], "query_string": b"", "client": None}


async def say(*texts: str) -> None:
    for text in texts:
        await realtime.aemit(HALL, Said(text=text))


async def nothing() -> None:
    pass


def forgetful(hub: Hub) -> None:
    """Leaves the hub as it is in another process: it has seen the room empty, and learns of nothing by itself."""
    after_commit.detach(hub.receive)
    hub.sweep._sweep = nothing  # type: ignore[method-assign]
    state = hub.rooms[HALL.name]
    state.epoch, state.seq, state.known = "", 0, 0
    state.forget()


class Way:
    """A link to a client: what was sent, and the reason for which it was closed."""

    name = "websocket"

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.closed = ""

    def send(self, packets: list[Packet]) -> None:
        self.sent += [packet.text.decode() for packet in packets]

    def buffered(self) -> int:
        return 0

    def close(self, code: int, reason: str) -> None:
        self.closed = reason

    def abort(self) -> None:
        self.closed = "aborted"

    def gone(self) -> None:
        pass

    def said(self, text: str) -> list[str]:
        return [packet for packet in self.sent if f'"text":"{text}"' in packet]


async def until(condition: Any) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  # nothing to await
            await asyncio.sleep(0.005)


@pytest.fixture
async def door(hub: Hub) -> SocketDoor:
    return await current_door()


async def in_the_hall(door: SocketDoor, hub: Hub) -> EngineSession:
    """A client on polling that has joined the hall and wants to go on through a WebSocket."""
    session = await door.server.begin(SCOPE)
    await session.post(b'40/halls,{"token":"7"}')
    assert isinstance(session.application, SocketConnection)
    await until(lambda: session.application.live)  # type: ignore[attr-defined]  # it is a SocketConnection
    await session.post(b'42/halls,1["hall:join",{"hallId":1}]')
    await until(lambda: HALL.name in hub.rooms and hub.rooms[HALL.name].live_count)
    session.begin_upgrade()
    return session


async def go_on(door: SocketDoor, sid: str, moved: Moved) -> tuple[EngineSession, Way]:
    way = Way()
    return door.server.adopt(sid, SCOPE, lambda session: way, moved), way


async def test_a_session_goes_on_at_a_process_that_has_heard_less(door: SocketDoor, hub: Hub) -> None:
    """Hints and sweeps come to each process in their own time, and the client may be faster."""
    session = await in_the_hall(door, hub)
    await say("one")
    await until(lambda: hub.rooms[HALL.name].seq == 1)
    moved = await door.server.give_away(session.sid)
    forgetful(hub)
    await say("two")
    _, way = await go_on(door, session.sid, moved)
    await until(lambda: way.said("two") or way.closed)
    assert (way.closed, len(way.said("one")), len(way.said("two"))) == ("", 1, 1)


async def was_in_the_hall(open_socket: Open) -> tuple[Any, Any]:
    """Returns a client that has heard one thing there and is gone, and what it was let in with."""
    client = await open_socket()
    accepted = await client.enter(HALLS, token="7")
    await client.ask(HALLS, "hall:join", {"hallId": 1})
    await say("one")
    await client.until(lambda: client.said() == ["one"])
    await client.ask(HALLS, "session:ping", {})
    await client.close()
    return client, accepted


async def test_a_client_recovers_at_a_process_that_has_heard_less(open_socket: Open, hub: Hub) -> None:
    client, before = await was_in_the_hall(open_socket)
    forgetful(hub)
    await say("two")
    again = await open_socket()
    assert await again.enter(HALLS, token="7", pid=before["pid"], offset=client.offset()) == before
    await again.until(lambda: again.said() == ["two"])


async def test_recovery_waits_for_a_log_that_is_slow(
    open_socket: Open, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read too late under load is no history that is lost."""
    client, before = await was_in_the_hall(open_socket)
    forgetful(hub)
    monkeypatch.setattr(holding, "FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr("realtime.hub.hub._REACH_SECONDS", 0.01)
    close_gap, asked = hub.log.close_gap, []

    def slowly(state: Any) -> None:
        asked.append(state)
        if len(asked) > 2:
            monkeypatch.undo()
            close_gap(state)

    monkeypatch.setattr(hub.log, "close_gap", slowly)
    again = await open_socket()
    assert await again.enter(HALLS, token="7", pid=before["pid"], offset=client.offset()) == before
    assert len(asked) > 2


async def test_a_session_that_moves_while_the_database_is_away_goes_on_when_it_is_back(
    door: SocketDoor, hub: Hub, weather: Weather
) -> None:
    """What lives does not flap because it upgrades just now; its commands wait."""
    session = await in_the_hall(door, hub)
    moved = await door.server.give_away(session.sid)
    weather.turn("database")
    there, way = await go_on(door, session.sid, moved)
    there.receive(decode('42/halls,9["session:ping",{}]'))
    await until(lambda: weather.met >= 2 or way.closed)
    weather.clear()
    await until(lambda: any(packet.startswith("43/halls,9[") for packet in way.sent) or way.closed)
    await say("two")
    await until(lambda: way.said("two") or way.closed)
    assert (way.closed, len(way.said("two"))) == ("", 1)


async def test_who_leaves_while_it_waits_there_is_gone(door: SocketDoor, hub: Hub, weather: Weather) -> None:
    session = await in_the_hall(door, hub)
    moved = await door.server.give_away(session.sid)
    weather.turn("database")
    there, way = await go_on(door, session.sid, moved)
    await until(lambda: weather.met >= 1)
    there.receive(decode("41/halls,"))
    weather.clear()
    await until(lambda: not there.sessions and not hub.rooms[HALL.name].members)
    assert not way.closed


async def test_a_client_stays_on_polling_while_it_is_still_being_let_in(
    door: SocketDoor, weather: Weather, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is held cannot move: behind the answer to its probe it would have left polling, and come to nothing."""
    monkeypatch.setattr(server, "_SETTLE_SECONDS", 0.02)
    session = await door.server.begin(SCOPE)
    weather.turn("database")
    await session.post(b'40/halls,{"token":"7"}')
    await until(lambda: weather.met >= 1)
    session.begin_upgrade()
    with pytest.raises(RequestRefused) as refused:
        await door.server.here.probed(session.sid)
    assert refused.value.why == "it is still being let in"
    weather.clear()
    assert isinstance(session.application, SocketConnection)
    await until(lambda: session.application.live)  # type: ignore[attr-defined]  # it is a SocketConnection
    await door.server.here.probed(session.sid)
    assert not session.closed


class TestTheLogSays:
    @pytest.fixture(autouse=True)
    def everything(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG, "realtime.doors")

    async def test_why_a_session_could_not_go_on_where_it_moved(
        self, door: SocketDoor, hub: Hub, caplog: pytest.LogCaptureFixture
    ) -> None:
        session = await in_the_hall(door, hub)
        await say("one")
        await until(lambda: hub.rooms[HALL.name].seq == 1)
        moved = await door.server.give_away(session.sid)
        forgetful(hub)
        await hub.handlers.run(RoomHead.objects.filter(room=HALL.name).update, epoch="another")
        there, way = await go_on(door, session.sid, moved)
        await until(lambda: way.closed)
        assert way.closed == "moving failed"
        [line] = [line for line in caplog.messages if "cannot go on" in line]
        assert line.startswith(f"{there.id} has moved here and /halls cannot go on: ")
        assert "hall:1: epoch" in line
        assert f"{there.id} ends on websocket: moving failed" in caplog.messages

    async def test_why_a_session_cannot_stay_where_it_moved(
        self, door: SocketDoor, hub: Hub, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        session = await in_the_hall(door, hub)
        moved = await door.server.give_away(session.sid)

        async def full(connection: object, identity: object) -> None:
            raise RateLimited("No seat is free.")

        monkeypatch.setattr(hub, "seat", full)
        there, way = await go_on(door, session.sid, moved)
        await until(lambda: way.closed)
        assert f"{there.id} has moved here and cannot go on: No seat is free." in caplog.messages

    async def test_why_a_client_begins_anew(self, open_socket: Open, caplog: pytest.LogCaptureFixture) -> None:
        client = await open_socket()
        before = await client.enter(HALLS, token="7")
        for auth, why in (
            ({"offset": "an event's id"}, '"an event\'s id" names no positions that are known'),
            ({"offset": "1 hall:1=f:9"}, "hall:1: epoch"),
            ({"pid": "forged", "offset": "1"}, "its pid is not ours"),
            ({"token": "8", "offset": "1"}, "that was another namespace, or somebody else"),
        ):
            caplog.clear()
            again = await open_socket()
            await again.enter(HALLS, **({"token": "7", "pid": before["pid"]} | auth))
            [line] = [line for line in caplog.messages if " begins anew in /halls: " in line]
            assert why in line

    @pytest.mark.parametrize(
        ("hears", "message"), [(False, "does not seem to live"), (True, "has not answered within 0.01 s")]
    )
    async def test_what_another_process_has_not_answered(
        self,
        door: SocketDoor,
        hub: Hub,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
        hears: bool,
        message: str,
    ) -> None:
        layer = InMemoryChannelLayer()
        asking, owning = (Carrier(layer, door.server, hub.spawn) for _ in range(2))
        running = [hub.spawn(carrier.run()) for carrier in ((asking, owning) if hears else (asking,))]
        await asking.tried()
        await until(lambda: owning._token or not hears)
        if not hears:
            monkeypatch.setattr(carrying, "_HEARD_SECONDS", 0.01)
        session = await door.server.begin(SCOPE)
        with pytest.raises(RequestRefused):  # nothing is to be said to this poll
            await asking.ask(owning._token or "nobody", "poll", session.sid, shown=Shown(), seconds=0.01)
        [line] = [line for line in caplog.messages if line.endswith(f"poll of {session.sid!r} is lost.")]
        assert message in line
        if hears:
            await until(lambda: f"{session.id} ends on polling: a poll was given up" in caplog.messages)
        for task in running:
            task.cancel()

    @pytest.mark.parametrize("lost", [Received, Answered])
    async def test_what_is_lost_on_the_way_back_in_a_line(
        self, door: SocketDoor, hub: Hub, caplog: pytest.LogCaptureFixture, lost: type
    ) -> None:
        """While Redis is away that is every request."""
        caplog.set_level(logging.DEBUG, "realtime")
        owning = Carrier(InMemoryChannelLayer(), door.server, hub.spawn)

        async def send(process: str, message: object) -> None:
            if isinstance(message, lost):
                raise ConnectionError("Redis is away.")

        owning.send = send  # type: ignore[method-assign]
        session = await door.server.begin(SCOPE)
        session.write(Packet(b"4hello"))
        owning._take(Ask("1", "asking", "poll", session.sid, shown=Shown()))
        await until(lambda: not owning._working)
        assert [record for record in caplog.records if "Redis is away." in record.getMessage()]
        assert not [record for record in caplog.records if record.exc_info]
        # What a poll has taken is gone: nobody could go on from there.
        assert session.closed is (lost is Answered)

    async def test_why_an_upgrade_came_to_nothing(self, door: SocketDoor, hub: Hub) -> None:
        session = await in_the_hall(door, hub)
        session.abandon_upgrade()
        with pytest.raises(RequestRefused) as refused:
            await door.server.give_away(session.sid)
        assert refused.value.why == "the upgrade was given up"
