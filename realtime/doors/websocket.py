"""What the WebSocket doors have in common: accepting, reading until the end, and cleaning up.

A subclass of Channels' consumer with a loop of its own: no thread hop per message, no layer membership per
socket, and a cleanup that no exception can skip.
"""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Sequence
from typing import Any, ClassVar

from asgiref.sync import markcoroutinefunction
from channels.consumer import AsyncConsumer

from realtime.conf import realtime_settings
from realtime.errors import ApplicationError, CloseCode, Unavailable
from realtime.hub import Hub, current_hub, say_why_not_started
from realtime.sessions.authentication import kept_of
from realtime.transport.asgi import Receive, Send
from realtime.transport.connection import Connection, FramedConnection, SendingConnection
from realtime.transport.packets import Packet

# So many messages of one client are read before others have their turn.
_AT_ONCE = 8


def client_address(scope: dict[str, Any]) -> str:
    """Returns the client's address as the server knows it, "" when it does not."""
    client = scope.get("client")
    return client[0] if client else ""


class WebSocketConsumer(AsyncConsumer):  # type: ignore[misc]  # channels is untyped
    """Base of the WebSocket doors: accepts, reads until the end, and cleans up whatever happens.

    A subclass implements `opened` and `received`; `subprotocol` says what to accept, `framed` and `sending` what a
    connection is: where the server offers finished frames, and where it does not.
    """

    framed: ClassVar[type[FramedConnection]] = FramedConnection
    sending: ClassVar[type[SendingConnection]] = SendingConnection

    scope: dict[str, Any]
    hub: Hub
    connection: Connection

    @classmethod
    def as_asgi(cls, **options: Any) -> Any:
        """Returns an application that makes a consumer for each connection, and hands on its coroutine."""

        @markcoroutinefunction
        def application(scope: dict[str, Any], receive: Receive, send: Send) -> Awaitable[None]:
            return cls(**options)(scope, receive, send)

        return application

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        self.scope = scope
        if (await receive())["type"] != "websocket.connect":
            return
        try:
            self.hub = await current_hub()
        except Exception as error:
            say_why_not_started(error)
            await self._turn_away(send)
            return
        if self.hub.draining:
            await self._turn_away(send)
            return
        await send({"type": "websocket.accept", "subprotocol": self.subprotocol(scope.get("subprotocols", []))})
        self.connection = self._connection(send)
        self.hub.add_connection(self.connection)
        code = 1006
        try:
            await self.opened()
            self.scope = scope = kept_of(scope)
            code = await self._read(receive)
        finally:
            self.gone()
            self.connection.lost()
            self.hub.remove_connection(self.connection)
            clean = code == CloseCode.NORMAL
            # As tasks of the hub: this one may be in the middle of being cancelled.
            ends = [self.hub.spawn(session.close(clean=clean)) for session in self.connection.sessions.values()]
            await asyncio.gather(*ends)

    async def _read(self, receive: Receive) -> int:
        """Hands on messages until the end; returns the close code. A congested client is not read meanwhile."""
        while True:
            for _ in range(_AT_ONCE):
                event = await receive()
                if event["type"] == "websocket.disconnect":
                    return event.get("code") or 1005
                text = event.get("text")
                await self.received(text if text is not None else event.get("bytes") or b"")
            await asyncio.sleep(0)
            if self.connection.congested:
                await self.connection.drained()

    def subprotocol(self, offered: list[str]) -> str | None:
        """Returns the subprotocol to accept; never a token that was offered as one."""
        return None

    async def opened(self) -> None:
        """The connection is accepted."""
        raise NotImplementedError

    async def received(self, message: str | bytes) -> None:
        """A message came; must answer what is wrong with it instead of raising."""
        raise NotImplementedError

    def gone(self) -> None:
        """The connection is over."""

    def last_words(self, error: ApplicationError, code: CloseCode) -> Sequence[Packet]:
        """Returns what is said before a close that refuses somebody."""
        return ()

    def _connection(self, send: Send) -> Connection:
        extension = (self.scope.get("extensions") or {}).get("realtime.frames")
        limit, address = self.hub.settings.outbound_limit_bytes, client_address(self.scope)
        if extension is not None:
            return self.framed(self.hub.write_batch, extension["stream"], limit=limit, address=address)
        return self.sending(self.hub.write_batch, send, limit=limit, address=address)

    async def _turn_away(self, send: Send) -> None:
        """Accepts and says when to come back: browsers hide everything about a refused handshake."""
        # Spreads load, guards nothing.
        error = Unavailable(retry_after_ms=random.randint(*realtime_settings().retry_after_ms))  # noqa: S311
        with contextlib.suppress(OSError, RuntimeError):  # servers disagree on what sending to a lost client raises
            subprotocol = self.subprotocol(self.scope.get("subprotocols", []))
            await send({"type": "websocket.accept", "subprotocol": subprotocol})
            for word in self.last_words(error, CloseCode.COME_BACK):
                await send({"type": "websocket.send", "text": word.text.decode()})
            await send({"type": "websocket.close", "code": CloseCode.COME_BACK.value, "reason": str(error)})
