"""The layer itself, and what each event loop has of it."""

import asyncio
import uuid
from collections.abc import Mapping
from typing import Any, cast

import msgspec

from realtime.redis_layer.link import Address, Link, RedisRefused, connect, passed_over

_PAUSE_SECONDS = 0.5
"""Between two attempts to connect."""
_CAPACITY = 10_000
"""Messages that wait in one channel at most."""


class RedisLayer:
    """Carries messages between processes at most once, in the order of each sender.

    `url` is what redis-py takes (`redis://`, `rediss://`, `unix://`), of Redis 6 or later or Valkey; one server, no
    Sentinel and no cluster. May be used from any number of event loops; each has a connection of its own, which comes
    back by itself for as long as the loop runs. What is sent while Redis is away is refused or lost, and what others
    send meanwhile is lost. A channel in which more than 10,000 messages wait loses its oldest.

    Everything that talks to Redis raises ConnectionError when it is not to be reached, RedisRefused when it says no.
    """

    extensions = ("groups", "flush")

    def __init__(self, url: str, prefix: str = "asgi") -> None:
        self._address = Address.parse(url)
        self._prefix = prefix
        self._exchanges: dict[asyncio.AbstractEventLoop, _Exchange] = {}

    async def send(self, channel: str, message: Mapping[str, Any]) -> None:
        """Sends to one channel."""
        await self._here().publish(self._key("channel", channel), message)

    async def group_send(self, group: str, message: Mapping[str, Any]) -> None:
        """Sends to every channel of the group."""
        await self._here().publish(self._key("group", group), message)

    async def new_channel(self, prefix: str = "specific") -> str:
        """Returns the name of a new channel of this loop, which hears from now on."""
        channel = f"{prefix}.{uuid.uuid4().hex}"
        await self._here().open(channel, self._key("channel", channel))
        return channel

    async def receive(self, channel: str) -> dict[str, Any]:
        """Returns the channel's next message. Cancelling it ends the channel, for that is how consumers go."""
        here = self._here()
        if channel not in here.channels:
            await here.open(channel, self._key("channel", channel))
        try:
            message = await here.channels[channel].get()
        except asyncio.CancelledError:
            here.end(channel)
            raise
        return cast(dict[str, Any], msgspec.msgpack.decode(message))

    async def group_add(self, group: str, channel: str) -> None:
        """Lets a channel of this loop hear the group, surely once this has returned."""
        here = self._here()
        if channel not in here.channels:
            raise RuntimeError(f"The channel {channel} belongs to another event loop or process.")
        await here.join(self._key("group", group), channel)

    async def group_discard(self, group: str, channel: str) -> None:
        """Ends what `group_add` began."""
        await self._here().leave(self._key("group", group), channel)

    async def flush(self) -> None:
        """Forgets all channels and groups of this loop, and closes its connection."""
        exchange = self._exchanges.pop(asyncio.get_running_loop(), None)
        if exchange is not None:
            await exchange.stop()

    def _key(self, kind: str, name: str) -> bytes:
        return f"{self._prefix}:{kind}:{name}".encode()

    def _here(self) -> "_Exchange":
        loop = asyncio.get_running_loop()
        exchange = self._exchanges.get(loop)
        if exchange is None:
            exchange = self._exchanges[loop] = _Exchange(self._address, loop, self._exchanges)
        return exchange


class _Exchange:
    """What one event loop has of a layer: its connection, and who hears what. Lives until the loop ends its tasks."""

    def __init__(
        self,
        address: Address,
        loop: asyncio.AbstractEventLoop,
        exchanges: "dict[asyncio.AbstractEventLoop, _Exchange]",
    ) -> None:
        self.channels: dict[str, asyncio.Queue[bytes]] = {}
        self._listeners: dict[bytes, set[str]] = {}
        self._address = address
        self._loop = loop
        self._exchanges = exchanges
        self._link: asyncio.Future[Link] = loop.create_future()
        self._keeper = loop.create_task(self._keep())

    async def publish(self, key: bytes, message: Mapping[str, Any]) -> None:
        link = self._link.result() if self._link.done() else await asyncio.shield(self._link)
        await link.command(b"PUBLISH", key, msgspec.msgpack.encode(message))

    async def open(self, channel: str, key: bytes) -> None:
        self.channels[channel] = asyncio.Queue(_CAPACITY)
        try:
            await self.join(key, channel)
        except BaseException:
            self.end(channel)
            raise

    async def join(self, key: bytes, channel: str) -> None:
        self._listeners.setdefault(key, set()).add(channel)
        await (await asyncio.shield(self._link)).command(b"SUBSCRIBE", key)

    async def leave(self, key: bytes, channel: str) -> None:
        if self._deafen(key, channel):
            await (await asyncio.shield(self._link)).command(b"UNSUBSCRIBE", key)

    def end(self, channel: str) -> None:
        """Forgets a channel at once; Redis is told without waiting."""
        self.channels.pop(channel, None)
        for key in [key for key, listeners in self._listeners.items() if channel in listeners]:
            if self._deafen(key, channel) and self._link.done() and self._link.exception() is None:
                self._link.result().command(b"UNSUBSCRIBE", key).add_done_callback(passed_over)

    async def stop(self) -> None:
        self._keeper.cancel()
        await asyncio.wait([self._keeper])

    def _deafen(self, key: bytes, channel: str) -> bool:
        """Takes a channel from those who hear `key`; tells whether it was the last one."""
        listeners = self._listeners.get(key, set())
        listeners.discard(channel)
        if listeners:
            return False
        return self._listeners.pop(key, None) is not None

    def _heard(self, key: bytes, message: bytes) -> None:
        for channel in self._listeners.get(key, ()):
            queue = self.channels.get(channel)
            if queue is not None:
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait(message)

    # The connection

    async def _keep(self) -> None:
        try:
            while True:
                try:
                    link = await connect(self._address, self._heard, self._listeners)
                except (OSError, RedisRefused) as error:
                    self._fail(error)
                    await asyncio.sleep(_PAUSE_SECONDS)
                    self._link = self._loop.create_future()
                    continue
                self._link.set_result(link)
                try:
                    await link.watch()
                finally:
                    link.transport.abort()
                self._link = self._loop.create_future()
        finally:
            self._fail(ConnectionError("the layer is closed"))
            if self._exchanges.get(self._loop) is self:
                del self._exchanges[self._loop]

    def _fail(self, error: Exception) -> None:
        if not self._link.done():
            self._link.set_exception(ConnectionError(f"Redis is not to be reached ({error or 'no answer'})."))
            self._link.exception()  # it may be that nobody waits for it
