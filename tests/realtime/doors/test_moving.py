"""A session on its way to another process that knows less, or cannot ask what it has to know."""

from typing import Any

import pytest

from realtime.doors.engineio import server
from realtime.doors.engineio.packets import decode
from realtime.doors.errors import RequestRefused
from realtime.doors.socketio import holding
from realtime.doors.socketio.connection import SocketConnection
from realtime.doors.socketio.door import SocketDoor
from realtime.hub import Hub
from tests.realtime.app.weather import Weather
from tests.realtime.doors.in_process import Open, hub, open_socket
from tests.realtime.doors.moving import HALL, HALLS, SCOPE, door, forgetful, go_on, in_the_hall, say
from tests.realtime.doors.temporary import until, weather

__all__ = ["door", "hub", "open_socket", "weather"]

pytestmark = pytest.mark.django_db(transaction=True)


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


async def test_an_upgrade_that_came_to_nothing_says_why(door: SocketDoor, hub: Hub) -> None:
    session = await in_the_hall(door, hub)
    session.abandon_upgrade()
    with pytest.raises(RequestRefused) as refused:
        await door.server.give_away(session.sid)
    assert refused.value.why == "the upgrade was given up"
