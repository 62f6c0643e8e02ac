"""Engine.IO over a WebSocket: sessions that start there, and those that move there.

Source: the Engine.IO protocol, revision 4, "WebSocket" and "Upgrade"; ASGI WebSocket connection scope.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Mapping
from typing import Any

import msgspec

from realtime.doors.engineio.binding import shown_by
from realtime.doors.engineio.http import check_query, query_of
from realtime.doors.engineio.links import PROBE_ANSWER, FrameLink, Link, SocketLink
from realtime.doors.engineio.packets import PacketType, decode
from realtime.doors.engineio.server import EngineServer, LinkTo
from realtime.doors.engineio.session import EngineSession
from realtime.doors.errors import MalformedPacket, RequestRefused
from realtime.errors import ApplicationError, CloseCode, TooLarge
from realtime.transport.asgi import Receive, Scope, Send

logger = logging.getLogger(__name__)

_REFUSED_SECONDS = 5.0

# So many messages of one client are read before others have their turn.
_AT_ONCE = 8


class SocketGone(Exception):
    """The WebSocket is closed."""


async def begin_websocket(server: EngineServer, scope: Scope, receive: Receive, send: Send) -> EngineSession | None:
    """Returns the session that begins or goes on with this WebSocket, None when it is refused or gone."""
    await receive()
    query = query_of(scope)
    sid = query.get("sid")
    try:
        check_query(query, "websocket")
        if sid:
            server.owner(sid)
        session = None if sid else await server.begin(scope)
    except RequestRefused:
        # Before accepting: the client is answered 403. No server says more than that without complaint.
        await _close(send)
        return None
    except ApplicationError as error:
        await _refuse(scope, receive, send, error)
        return None
    try:
        await send({"type": "websocket.accept"})
    except BaseException:
        if session is not None:
            session.abort()
        raise

    def link_to(session: EngineSession) -> Link:
        return _link(server, scope, send, session)

    if session is not None:
        session.start_on(link_to(session))
        session.write(session.open_packet())
        return session
    try:
        return await _upgrade(server, sid or "", scope, receive, send, link_to)
    except (RequestRefused, MalformedPacket, TooLarge, TimeoutError) as error:
        why = error.why if isinstance(error, RequestRefused) else repr(error)
        logger.debug("The upgrade of %.64r came to nothing: %s", sid, why)
        await _close(send)
    except SocketGone:
        pass
    return None


async def _upgrade(
    server: EngineServer, sid: str, scope: Scope, receive: Receive, send: Send, link_to: LinkTo
) -> EngineSession:
    """Moves the session here when the client has probed the way and says so."""
    owner = server.owner(sid)
    limit = server.options.max_payload
    async with asyncio.timeout(server.options.upgrade_timeout_ms / 1000):
        await owner.begin_upgrade(sid, shown_by(scope))
        try:
            probe = decode(_message(await receive(), limit))
            if (probe.type, probe.data) != (PacketType.PING, "probe"):
                raise MalformedPacket("The upgrade starts with a probe.")
            await owner.probed(sid)
            await send({"type": "websocket.send", "text": PROBE_ANSWER.text.decode()})
            if decode(_message(await receive(), limit)).type is not PacketType.UPGRADE:
                raise MalformedPacket("The upgrade was not completed.")
        except BaseException:
            await owner.abandon_upgrade(sid)
            raise
    try:
        return await owner.upgrade(sid, scope, link_to)
    except RequestRefused as error:
        # Its client has left polling: it comes back as a new connection.
        logger.info("%.64r could not go on through a WebSocket: %s", sid, error.why)
        raise


async def serve_websocket(beginning: Awaitable[EngineSession | None], receive: Receive) -> None:
    """Hands every message to the session that begins, if one does, until either is gone.

    What is only needed to begin ends with it: this one lives as long as the connection, and keeps nothing else.
    """
    session = await beginning
    del beginning
    if session is None or session.listens():
        return
    read = 0
    try:
        while not session.closed:
            session.heard(_said(await receive()))
            read += 1
            if read % _AT_ONCE == 0:
                await asyncio.sleep(0)
            # A client that does not take its answers is not asked for more commands.
            await session.drained()
        # The server reports the end of what we closed; without waiting for it some cut the close frame off.
        while True:
            _said(await receive())
    except SocketGone:
        pass
    finally:
        session.gone()


def _said(event: Mapping[str, Any]) -> str | bytes:
    if event["type"] == "websocket.disconnect":
        raise SocketGone
    text: str | None = event.get("text")
    message: str | bytes = text if text is not None else event["bytes"]
    return message


def _message(event: Mapping[str, Any], limit: int) -> str | bytes:
    message = _said(event)
    if len(message) > limit:
        raise TooLarge
    return message


def _link(server: EngineServer, scope: Scope, send: Send, session: EngineSession) -> Link:
    limit = server.options.outbound_limit
    frames: dict[str, Any] | None = (scope.get("extensions") or {}).get("realtime.frames")
    if frames is not None:
        return FrameLink(frames["stream"], session, limit=limit)
    return SocketLink(
        server.write_batch, send, limit=limit, congested=session.became_congested, drained=session.became_drained
    )


async def _refuse(scope: Scope, receive: Receive, send: Send, error: ApplicationError) -> None:
    """Answers a handshake with the error's status where the server can, else with 403; stock clients come back."""
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        await _close(send)
        return
    wait_seconds = str(-(-(error.retry_after_ms or 1000) // 1000)).encode()
    headers = [(b"content-type", b"application/json"), (b"retry-after", wait_seconds)]
    body = msgspec.json.encode(error.as_dict())
    with contextlib.suppress(OSError, RuntimeError):
        await send({"type": "websocket.http.response.start", "status": error.http_status, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": body})
    # Until the client is gone, or uvicorn would complain in the log that nothing was accepted.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_REFUSED_SECONDS):
            for _ in range(2):
                await receive()


async def _close(send: Send) -> None:
    with contextlib.suppress(OSError, RuntimeError):
        await send({"type": "websocket.close", "code": int(CloseCode.PROTOCOL_ERROR)})
