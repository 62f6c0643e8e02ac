"""What an open connection on which nothing happens keeps, counted: frames, tasks, and what is left of its scope."""

import asyncio
from types import CoroutineType
from typing import Any

import pytest
from websockets.frames import Opcode

from realtime.hub import Hub
from realtime.sessions.authentication import kept_of
from tests.realtime.app.asgi import application
from tests.realtime.halls import hub
from tests.realtime.servers.test_opening import PLAIN, Served, frame

__all__ = ["hub"]

pytestmark = pytest.mark.django_db(transaction=True)

BESIDE = b"User-Agent: of-a-test\r\nCookie: theme=night\r\nOrigin: http://example.org\r\nX-Beside: whatever\r\n"
DOORS = {
    "JSON": (b"/ws/halls/", b"Sec-WebSocket-Protocol: livrya.v1, livrya.token.%b\r\n", b""),
    "Socket.IO": (b"/socket.io/?EIO=4&transport=websocket", b"", b'40/halls,{"token":"%b"}'),
}


async def idling(door: str, token: bytes = b"7") -> Served:
    """Returns a connection of person 7 that has begun and settled."""
    path, protocol, entering = (part.replace(b"%b", token) for part in DOORS[door])
    client = await Served(application=application).opens(b"GET %b HTTP/1.1\r\n" % path + PLAIN + BESIDE + protocol)
    async with asyncio.timeout(30):
        while entering and b'"sid"' not in client.link.written:  # noqa: ASYNC110  # nothing tells
            await asyncio.sleep(0)
        if entering:
            await client.brings(frame(Opcode.TEXT, entering))
        while b"session:ready" not in client.link.written:  # noqa: ASYNC110  # as above
            await asyncio.sleep(0.001)
    await client.settles()
    return client


def frames_of(client: Served) -> "list[CoroutineType[Any, Any, Any]]":
    """Returns the coroutines of the connection's task, if it has one, outermost first."""
    frames: list[CoroutineType[Any, Any, Any]] = []
    for task in client.state.tasks:
        awaited = task.get_coro()
        while isinstance(awaited, CoroutineType):
            frames.append(awaited)
            awaited = awaited.cr_await
    return frames


@pytest.mark.parametrize(
    ("door", "names"),
    [("JSON", ["run_asgi", "__call__", "_read", "receive"]), ("Socket.IO", [])],
)
async def test_a_connection_waits_in_few_frames_or_in_none_and_has_no_task_but_its_own(
    door: str, names: list[str], hub: Hub
) -> None:
    before = asyncio.all_tasks()
    client = await idling(door)
    assert [coroutine.__name__ for coroutine in frames_of(client)] == names
    async with asyncio.timeout(30):  # until those that are of its beginning have ended
        while asyncio.all_tasks() - before != client.state.tasks:  # noqa: ASYNC110  # nothing tells
            await asyncio.sleep(0.001)
    await client.ends()


@pytest.mark.parametrize("door", DOORS)
async def test_a_connection_keeps_of_its_handshake_what_is_asked_for_later(door: str, hub: Hub) -> None:
    client = await idling(door)
    protocol = client.link.protocol
    assert protocol.scope is None
    [connection] = hub.connections.values()
    known = [value for coroutine in frames_of(client) for value in coroutine.cr_frame.f_locals.values()]
    kept = [getattr(value, "scope", None) for value in [*known, connection]]
    scopes = [value for value in [*known, *kept] if isinstance(value, dict) and "headers" in value]
    assert scopes
    for scope in scopes:
        assert {name for name, _ in scope["headers"]} == {b"host", b"cookie", b"origin"}
        assert "extensions" not in scope
    await client.ends()


async def test_connections_have_one_timer_together_for_the_ends_of_their_sign_ins(hub: Hub) -> None:
    in_an_hour = hub.now_ms() + 3_600_000
    clients = [await idling("Socket.IO", b"%d:until:%d" % (number, in_an_hour)) for number in range(1, 6)]
    assert sorted(alarm.subject.identity.user_id for alarm in hub.alarms._waiting) == [1, 2, 3, 4, 5]
    for client in clients:
        await client.ends()
    assert all(alarm.subject is None for alarm in hub.alarms._waiting)


def test_what_is_kept_of_handshakes_is_shared_unless_it_may_hold_a_secret() -> None:
    def kept(query: bytes = b"EIO=4", subprotocols: tuple[str, ...] = ("livrya.v1",), *headers: bytes) -> Any:
        beside = [(name, b"whatever") for name in headers]
        scope = {"headers": [(b"host", b"example.org"), *beside], "query_string": query, "subprotocols": subprotocols}
        return kept_of(scope)

    assert kept() is kept(b"EIO=4", ("livrya.v1",), b"user-agent")
    for own in [
        (b"EIO=4", ("livrya.v1",), b"cookie"),
        (b"EIO=4", ("livrya.v1",), b"authorization"),
        (b"ticket=secret", ()),
        (b"", ("livrya.token.secret",)),
    ]:
        assert kept(*own) == kept(*own)  # type: ignore[arg-type]  # headers behind the two
        assert kept(*own) is not kept(*own)  # type: ignore[arg-type]  # as above
