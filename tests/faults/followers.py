"""Clients that come back for ever, through whichever door is next, each time from where they stand."""

import asyncio
import contextlib
import itertools
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import websockets
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from realtime.positions import Position
from realtime.testing.frames import Began, Observation
from realtime.testing.history import History
from realtime.testing.records import RecordedConnection

BEGINNING = Position("", 0)
_OPEN_SECONDS = 30.0
_BACKOFF_SECONDS = (0.05, 0.3)


class Follower:
    """Receives some rooms from their beginning on, over any number of connections; records every raw frame.

    `doors`: taken in turn, one a connection. `away`: how long it stays away after each, in seconds, from to.
    """

    def __init__(
        self,
        history: History,
        name: str,
        port: int,
        rooms: Sequence[str],
        doors: Sequence[str] = ("json",),
        *,
        user: int | None = None,
        away: tuple[float, float] = _BACKOFF_SECONDS,
    ) -> None:
        self.recording = history.client(name, user)
        self.recording.places.update(dict.fromkeys(rooms, BEGINNING))
        self.rooms = set(rooms)
        self.refused: set[str] = set()
        self.connecting_since = 0.0
        self._known: dict[str, Position] = {}
        self._user = user
        self._port = port
        self._away = away
        self._doors = itertools.cycle(doors)
        self._link: RecordedConnection | None = None
        self._transport: asyncio.BaseTransport | None = None
        self._stopped = False
        self._may_connect = asyncio.Event()
        self._may_connect.set()
        self._task = asyncio.create_task(self._run())

    # From outside

    @property
    def connected(self) -> bool:
        """Whether it receives every room that it is still let into."""
        if self._task.done() and not self.turned_away:
            self._task.result()  # raises what ended it: nothing should
        link = self._link
        return link is not None and link.open and self.rooms - self.refused <= link.places().keys()

    def cut(self) -> None:
        """Cuts its TCP connection without a word; it comes back by itself."""
        if self._transport is not None:
            self._transport.abort()  # type: ignore[attr-defined]  # every transport of a socket has it

    def pause(self) -> None:
        """Cuts its connection, and stays away until `go_on`."""
        self._may_connect.clear()
        self.cut()

    def go_on(self) -> None:
        self._may_connect.set()

    @property
    def turned_away(self) -> bool:
        """Whether every room has been refused; it does not come back then."""
        return self.refused == self.rooms

    def ask_again(self, room: str) -> None:
        """Comes back at once, asking for a room from where it stood when it was put out of it."""
        self.recording.places[room] = self._known[room]
        self.cut()

    async def stop(self) -> None:
        self._stopped = True
        self.cut()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    # Connecting

    async def _run(self) -> None:
        doors: dict[str, Callable[[RecordedConnection], Awaitable[None]]] = {
            "json": self._by_json,
            "socketio": self._by_socketio,
            "sse": self._by_event_stream,
        }
        while not self._stopped and not self.turned_away:
            await self._may_connect.wait()
            door = next(self._doors)
            asked = {room: place for room, place in self.recording.places.items() if room in self.rooms - self.refused}
            self.connecting_since = asyncio.get_running_loop().time()
            link = self._link = self.recording.connected(door, asked)
            try:
                await doors[door](link)
            except (OSError, EOFError, TimeoutError, websockets.WebSocketException, Unanswered):
                pass
            finally:
                link.lost()
                self._transport = None
            await asyncio.sleep(random.uniform(*self._away))

    def _take(self, link: RecordedConnection, raw: str) -> tuple[Observation, ...]:
        self._known.update(self.recording.places)
        observed = link.take(raw)
        for observation in observed:
            if isinstance(observation, Began) and observation.position is None:
                if observation.reason == "NOT_FOUND":
                    self.refused.add(observation.room)
                else:
                    raise Unanswered(observation.reason)  # not now: come again
        return observed

    def _authorization(self) -> dict[str, str]:
        return {} if self._user is None else {"Authorization": f"Bearer {self._user}"}

    async def _by_json(self, link: RecordedConnection) -> None:
        async with self._websocket("/ws/halls/?resume") as socket:
            rooms = {room: {"epoch": place.epoch, "seq": place.seq} for room, place in link.asked.items()}
            await socket.send(json.dumps({"requestId": "0", "type": "session:resume", "payload": {"rooms": rooms}}))
            async for message in socket:
                assert isinstance(message, str)
                self._take(link, message)

    async def _by_socketio(self, link: RecordedConnection) -> None:
        async with self._websocket("/socket.io/?EIO=4&transport=websocket") as socket:
            rooms = {room: {"epoch": place.epoch, "seq": place.seq} for room, place in link.asked.items()}
            async for message in socket:
                assert isinstance(message, str)
                if message.startswith("0"):
                    await socket.send("40/halls," + json.dumps({"rooms": rooms}))
                elif message == "2":
                    await socket.send("3")
                elif message.startswith("44"):
                    raise Unanswered(message)
                else:
                    self._take(link, message)

    @contextlib.asynccontextmanager
    async def _websocket(self, path: str) -> AsyncIterator[ClientConnection]:
        async with connect(
            f"ws://127.0.0.1:{self._port}{path}",
            subprotocols=[Subprotocol("livrya.v1")] if path.startswith("/ws/") else None,
            additional_headers=self._authorization(),
            compression=None,
            ping_interval=None,
            open_timeout=_OPEN_SECONDS,
            close_timeout=0.1,
            max_queue=None,
        ) as socket:
            self._transport = socket.transport
            yield socket

    async def _by_event_stream(self, link: RecordedConnection) -> None:
        asked = ",".join(f"{room}@{place.epoch}:{place.seq}" for room, place in link.asked.items())
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._transport = writer.transport
        try:
            lines = [f"GET /events/?rooms={asked} HTTP/1.1", "Host: localhost"]
            lines += [f"{name}: {value}" for name, value in self._authorization().items()]
            writer.write("\r\n".join([*lines, "", ""]).encode())
            async with asyncio.timeout(_OPEN_SECONDS):
                status = await reader.readline()
                while (await reader.readline()).strip():
                    pass
            if b" 404 " in status:
                self.refused.update(link.asked)
            if b" 200 " not in status:
                raise Unanswered(status.decode())
            text = ""
            while size := int(await reader.readline() or b"0", 16):
                text += (await reader.readexactly(size + 2))[:-2].decode()
                *blocks, text = text.split("\n\n")
                for block in blocks:
                    self._take(link, block)
        finally:
            writer.transport.abort()


class Unanswered(Exception):
    """The server would not, or could not, let the client in now."""
