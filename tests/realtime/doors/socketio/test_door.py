"""The door at /socket.io/: who is sent away at once, who is let in, and who has to go."""

import asyncio
import logging

import pytest

from realtime.doors.socketio import door as module
from realtime.doors.socketio.door import SocketDoor
from realtime.errors import CloseCode, RateLimited, Unavailable
from realtime.hub import Hub
from realtime.testing.client import Closed
from tests.realtime.doors.in_process import Open, open_socket
from tests.realtime.doors.moving import door, go_on, in_the_hall
from tests.realtime.doors.plain_http import ask
from tests.realtime.doors.temporary import until
from tests.realtime.halls import hub

__all__ = ["door", "hub", "open_socket"]

pytestmark = pytest.mark.django_db(transaction=True)

POLLING = "/socket.io/?EIO=4&transport=polling"


async def test_a_process_that_leaves_sends_newcomers_away_and_still_answers_its_own(
    door: SocketDoor, hub: Hub, open_socket: Open
) -> None:
    session = await door.server.begin({"type": "http", "headers": [], "query_string": b"", "client": ("127.0.0.1", 1)})
    hub.draining = True
    refused = await ask(POLLING)
    assert (refused.status, refused.headers["retry-after"]) == (503, "1")
    with pytest.raises(Closed) as closed:
        await open_socket()
    assert closed.value.code == CloseCode.SERVICE_RESTART
    assert (await ask(f"{POLLING}&sid={session.sid}", b"41/halls,")).status == 200
    session.abort()


async def test_while_the_hub_does_not_start_everybody_is_sent_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def absent() -> Hub:
        raise Unavailable("The database is away.")

    monkeypatch.setattr(module, "current_hub", absent)
    assert (await ask(POLLING)).status == 503
    assert "The hub does not start (The database is away.)" in caplog.text


async def test_the_hub_knows_a_connection_from_its_beginning_to_its_end(hub: Hub, open_socket: Open) -> None:
    client = await open_socket()
    await client.enter("/halls", token="7")
    [connection] = hub.connections.values()
    assert connection.seats == ["user:7"]
    assert [session.identity.user_id for session in hub.sessions()] == [7]
    await client.close()
    await until(lambda: not hub.connections)


async def test_the_log_says_why_a_session_cannot_stay_where_it_moved(
    door: SocketDoor, hub: Hub, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG, "realtime.doors")
    session = await in_the_hall(door, hub)
    moved = await door.server.give_away(session.sid)

    async def full(connection: object, identity: object) -> None:
        raise RateLimited("No seat is free.")

    monkeypatch.setattr(hub, "seat", full)
    there, way = await go_on(door, session.sid, moved)
    await until(lambda: way.closed)
    assert f"{there.id} has moved here and cannot go on: No seat is free." in caplog.messages


PATIENCE_SECONDS = 20.0


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline of a namespace is now."""
    monkeypatch.setattr(module, "CONNECT_TIMEOUT_MS", 50)


@pytest.mark.usefixtures("in_a_hurry")
async def test_who_leaves_the_last_namespace_must_enter_another_in_time(open_socket: Open) -> None:
    client = await open_socket()
    assert "sid" in await client.enter("/halls")
    await asyncio.sleep(0.1)
    assert client.closed is None
    await client.send("1/halls,")
    await asyncio.wait_for(client._reader, PATIENCE_SECONDS)
    assert client.closed is not None
