"""A client of the doors for stock clients of Yjs, straight into the application: frame by frame, as they write them."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Self

import pycrdt
import pytest
from asgiref.sync import sync_to_async

import realtime
from realtime.documents import lib0, storing
from realtime.documents.awareness import Presence, encode_awareness, read_awareness
from realtime.documents.lib0 import Reader
from realtime.doors.yjs.messages import Sync, sync
from realtime.hub import Hub
from realtime.routing import websocket_application
from realtime.testing.client import ApplicationTransport
from tests.realtime.app.papers import Paper, PaperRoom
from tests.realtime.halls import hub

__all__ = ["Bare", "Knock", "Provider", "hub", "knock", "name_of"]

_PATIENCE_SECONDS = 10.0


async def name_of(paper: int = 1, *, schema: int = 1) -> str:
    """Returns the full name of a paper, which is made if need be."""

    def begin() -> str:
        with realtime.atomic():
            return storing.begun(Paper(PaperRoom(paper))).epoch

    return f"paper:{paper}@{await sync_to_async(begin)()}.{schema}"


class Copy(ABC):
    """A copy of a paper, to which nothing is applied by itself."""

    def __init__(self) -> None:
        self.doc: pycrdt.Doc[Any] = pycrdt.Doc()
        self.doc["text"] = pycrdt.XmlFragment()
        self.local: list[bytes] = []
        self._watch = self.doc.observe(lambda event: self.local.append(event.update))

    @abstractmethod
    async def send(self, message: str | bytes) -> None:
        """Sends one message about the document."""

    @abstractmethod
    async def next(self, wanted: Callable[[bytes], Any] = lambda frame: True) -> bytes:
        """Returns the next message that is wanted; those before it are passed over."""

    async def step(self, kind: Sync) -> bytes:
        """Waits for a sync message of that kind; returns what it carries."""
        head = bytes((0, kind))
        frame = await self.next(lambda frame: frame.startswith(head))
        return Reader(frame[2:]).buffer()

    async def hears(self, words: str) -> None:
        """Applies changes until the words are there."""
        while words not in self.text:
            self.doc.apply_update(await self.step(Sync.UPDATE))

    @property
    def text(self) -> str:
        [text] = self.doc["text"].children
        return str(text)

    def type(self, words: str) -> bytes:
        """Types into the copy; returns the update, not sent."""
        self.local.clear()
        [text] = self.doc["text"].children
        text.insert(len(str(text).encode()), words)
        return self.local[-1]

    def mark(self, name: str) -> bytes:
        """Formats all of the copy; returns the update, not sent."""
        self.local.clear()
        [text] = self.doc["text"].children
        text.format(0, len(str(text).encode()), {name: {}})
        return self.local[-1]

    def delete(self, begin: int, end: int) -> bytes:
        self.local.clear()
        [text] = self.doc["text"].children
        del text[begin:end]
        return self.local[-1]

    async def write(self, words: str) -> None:
        await self.send(sync(Sync.UPDATE, self.type(words)))

    async def point(self, *presences: tuple[int, int, Any]) -> None:
        await self.send(b"\x01" + lib0.buffer(encode_awareness([Presence(*one) for one in presences])))

    async def caret(self, client: int) -> Presence:
        """Waits for the next caret of that client."""
        while True:
            frame = await self.next(lambda frame: frame[:1] == b"\x01")
            for one in read_awareness(Reader(frame[1:]).buffer()):
                if one.client == client:
                    return one


class Bare(Copy):
    """One connection, and a copy as y-websocket has it. `frames` are the binary messages that came."""

    def __init__(self, link: ApplicationTransport) -> None:
        super().__init__()
        self.frames: list[bytes] = []
        self.closed: int | None = None
        self.reason = ""
        self._seen = 0
        self._link = link
        self._arrived = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def at(cls, path: str, query: str = "", headers: dict[str, str] | None = None, token: str = "") -> Self:
        link = ApplicationTransport(
            websocket_application,
            {
                "type": "websocket",
                "path": path,
                "query_string": query.encode(),
                "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
                "subprotocols": ["livrya.v1", f"livrya.token.{token}"] if token else [],
                "client": ("127.0.0.1", 1),
                "extensions": {},
            },
        )
        await link.accepted()
        return cls(link)

    async def _read(self) -> None:
        while self.closed is None:
            event = await self._link._outbound.get()
            if event["type"] == "websocket.close":
                self.closed, self.reason = event["code"], event.get("reason", "")
                await self._link.close(event["code"])
            else:
                self.frames.append(event["bytes"])
            self._arrived.set()

    async def send(self, message: str | bytes) -> None:
        await self._link.send(message)

    async def next(self, wanted: Callable[[bytes], Any] = lambda frame: True) -> bytes:
        while True:
            while self._seen < len(self.frames):
                self._seen += 1
                if wanted(self.frames[self._seen - 1]):
                    return self.frames[self._seen - 1]
            await self.more()

    async def more(self) -> None:
        """Waits for something to come."""
        if self.closed is not None:
            raise AssertionError(f"closed with {self.closed} {self.reason} after {self.frames}")
        self._arrived.clear()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._arrived.wait()
        except TimeoutError:
            raise AssertionError(f"It did not come; these did: {self.frames}") from None

    async def end(self) -> int:
        """Waits for the close; returns its code."""
        await asyncio.wait_for(asyncio.shield(self._reader), _PATIENCE_SECONDS)
        assert self.closed is not None
        return self.closed

    async def leave(self, code: int = 1005) -> None:
        if self.closed is None:
            await self._link.close(code)
        await asyncio.gather(self._reader, return_exceptions=True)

    async def synced(self) -> bytes:
        """Opens as a stock client does; returns the server's state vector."""
        await self.send(sync(Sync.STEP_1, self.doc.get_state()))
        vector = await self.step(Sync.STEP_1)
        self.doc.apply_update(await self.step(Sync.STEP_2))
        await self.send(sync(Sync.STEP_2, self.doc.get_update(vector)))
        return vector


class Provider(Copy):
    """One address on a connection, as a provider of Hocuspocus has it."""

    def __init__(self, carrier: Bare, address: str) -> None:
        super().__init__()
        self.carrier = carrier
        self.head = lib0.text(address)
        self._seen = len(carrier.frames)

    async def send(self, message: str | bytes) -> None:
        assert isinstance(message, bytes)
        await self.carrier.send(self.head + message)

    async def next(self, wanted: Callable[[bytes], Any] = lambda frame: True) -> bytes:
        while True:
            while self._seen < len(self.carrier.frames):
                frame = self.carrier.frames[self._seen]
                self._seen += 1
                if frame.startswith(self.head) and wanted(frame[len(self.head) :]):
                    return frame[len(self.head) :]
            await self.carrier.more()

    async def sign_in(self, token: str) -> str:
        """Returns what is allowed, or the reason why not."""
        await self.send(b"\x02\x00" + lib0.text(token) + lib0.text("4.8.0"))
        frame = await self.next(lambda frame: frame[:2] in (b"\x02\x01", b"\x02\x02"))
        return Reader(frame[2:]).text()

    async def opened(self, token: str) -> None:
        """Opens as a stock client does."""
        await self.sign_in(token)
        await self.send(sync(Sync.STEP_1, self.doc.get_state()))
        vector = await self.step(Sync.STEP_1)
        await self.send(sync(Sync.STEP_2, self.doc.get_update(vector)))
        self.doc.apply_update(await self.step(Sync.STEP_2))
        await self.next(lambda frame: frame in (b"\x08\x00", b"\x08\x01"))

    def count(self, body: bytes) -> int:
        return self.carrier.frames.count(self.head + body)


Knock = Callable[..., Awaitable[Bare]]


@pytest.fixture
async def knock(hub: Hub) -> AsyncIterator[Knock]:
    """Opens connections: `await knock(user=7)` at the paper, `await knock("/yjs/…", …)` anywhere."""
    clients: list[Bare] = []

    async def opened(path: str = "", user: int | None = None, **options: Any) -> Bare:
        where = path or f"/yjs/{await name_of()}"
        client = await Bare.at(where, token=str(user) if user is not None else "", **options)
        clients.append(client)
        return client

    yield opened
    for client in clients:
        await client.leave()
