"""One connection of a layer to Redis."""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

from hiredis import ProtocolError, PushNotification, Reader, pack_command
from redis.asyncio.connection import SSLConnection, parse_url

_PATIENCE_SECONDS = 5.0
"""A Redis that answers nothing for so long is given up."""

_INCOMPLETE = object()

Heard = Callable[[bytes, bytes], None]
"""Takes a message: the Redis channel's name, and what was published."""


class RedisRefused(Exception):
    """What Redis answered in place of a result, in its own words."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where Redis is, and how to be let in. `path`: of a Unix socket, else `host` and `port`."""

    path: str | None
    host: str
    port: int
    tls: ssl.SSLContext | None
    credentials: tuple[bytes, ...]

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Raises ValueError for what redis-py does not take."""
        options: dict[str, Any] = {**parse_url(url)}
        secure = options.pop("connection_class", None) is SSLConnection
        user, password = options.get("username") or "default", options.get("password")
        return cls(
            path=options.get("path"),
            host=options.get("host", "localhost"),
            port=options.get("port", 6379),
            tls=SSLConnection(**options).ssl_context.get() if secure else None,
            credentials=(b"AUTH", user.encode(), password.encode()) if password else (),
        )

    async def open(self, protocol: asyncio.Protocol) -> None:
        loop = asyncio.get_running_loop()
        if self.path:
            await loop.create_unix_connection(lambda: protocol, self.path)
        else:
            await loop.create_connection(lambda: protocol, self.host, self.port, ssl=self.tls)


async def connect(address: Address, heard: Heard, keys: Iterable[bytes]) -> "Link":
    """Returns a connection that hears the keys. Raises OSError or RedisRefused, in time."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        link = Link(heard)
        await address.open(link)
        try:
            await link.command(b"HELLO", b"3", *address.credentials)
            await asyncio.gather(*[link.command(b"SUBSCRIBE", key) for key in keys])
        except BaseException:
            link.transport.abort()
            raise
    return link


class Link(asyncio.Protocol):
    """One connection: commands out, and in their order the replies; messages of channels between them."""

    transport: asyncio.Transport

    def __init__(self, heard: Heard) -> None:
        self._loop = asyncio.get_running_loop()
        self._heard = heard
        self._reader = Reader(replyError=RedisRefused, notEnoughData=_INCOMPLETE)
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._lost = self._loop.create_future()

    def command(self, *words: bytes) -> asyncio.Future[Any]:
        """Sends a command; the future has its reply. Raises ConnectionError or RedisRefused from there."""
        reply = self._loop.create_future()
        if self._lost.done():
            reply.set_exception(ConnectionError("Redis has closed the connection."))
        else:
            self._waiting.append(reply)
            self.transport.write(pack_command(words))  # type: ignore[arg-type]  # its stub takes one word
        return reply

    async def watch(self) -> None:
        """Waits until the connection is lost, or Redis answers nothing any more."""
        while not self._lost.done():
            # Replies come in order: this one says that nothing hangs, for all commands before it.
            pong = self.command(b"PING")
            pong.add_done_callback(passed_over)
            await asyncio.wait([pong], timeout=_PATIENCE_SECONDS)
            if not pong.done():
                return
            await asyncio.wait([self._lost], timeout=_PATIENCE_SECONDS)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own class is none of asyncio's

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (reply := self._next()) is not _INCOMPLETE:
            if type(reply) is PushNotification and reply[0] == b"message":
                self._heard(reply[1], reply[2])
                continue
            future = self._waiting.popleft()
            if future.done():
                continue
            if type(reply) is RedisRefused:
                future.set_exception(reply)
            else:
                future.set_result(reply)

    def _next(self) -> Any:
        try:
            return self._reader.gets()
        except ProtocolError as error:
            self._fail(f"What answers does not speak like Redis: {error}")
            self.transport.abort()
            return _INCOMPLETE

    def connection_lost(self, error: Exception | None) -> None:
        self._lost.set_result(None)
        self._fail("Redis has closed the connection.")

    def _fail(self, reason: str) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_exception(ConnectionError(reason))
        self._waiting.clear()


def passed_over(reply: asyncio.Future[Any]) -> None:
    """Takes note of an answer that nobody waits for."""
    if not reply.cancelled():
        reply.exception()
