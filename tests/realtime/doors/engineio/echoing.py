"""Engine.IO sessions in this process whose application says back what it is told."""

import asyncio
from collections.abc import Mapping
from typing import Any

from realtime.doors.engineio.server import EngineServer
from realtime.doors.engineio.session import EngineSession, Options
from realtime.doors.errors import MalformedPacket
from realtime.transport.packets import Packet

SCOPE: Mapping[str, Any] = {"type": "http", "client": ("192.0.2.1", 1), "headers": [], "query_string": b""}


class Echo:
    """An application; what "breaks" ends its session, `knows` says whether it could go on elsewhere."""

    def __init__(self, session: EngineSession, state: bytes = b"") -> None:
        self.session = session
        self.restored = state
        self.heard: list[str | bytes] = []
        self.ends: list[str] = []
        self.beats = 0
        self.knows = True

    def received(self, message: str | bytes) -> None:
        if message == "breaks":
            raise MalformedPacket("It breaks.")
        self.heard.append(message)
        self.say(message)

    def say(self, message: str | bytes) -> None:
        self.session.write(Packet(b"4" + message.encode()) if isinstance(message, str) else Packet(b"", (message,)))

    def beating(self) -> None:
        self.beats += 1

    async def entered(self, timeout_seconds: float) -> bool:
        return True

    async def settled(self, timeout_seconds: float) -> bool:
        return True

    def state(self) -> bytes | None:
        return b"where it is" if self.knows else None

    def closed(self, reason: str) -> None:
        self.ends.append(reason)


def echo_of(session: EngineSession) -> Echo:
    assert isinstance(session.application, Echo)
    return session.application


def echoing(*, elsewhere: Any = lambda process: None, admit: Any = None, **options: Any) -> EngineServer:
    return EngineServer(Options(**options), Echo, restore=Echo, admit=admit, elsewhere=elsewhere)


class Way:
    """A link to a client: what was sent, and how it was ended."""

    name = "websocket"

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.ends: list[tuple[int, str]] = []

    def send(self, packets: list[Packet]) -> None:
        self.sent += [packet.text.decode() for packet in packets]

    def buffered(self) -> int:
        return 0

    def close(self, code: int, reason: str) -> None:
        self.ends.append((code, reason))

    def abort(self) -> None:
        self.ends.append((0, "aborted"))

    def gone(self) -> None:
        pass

    @property
    def closed(self) -> str:
        """Why it was ended, "" while it is not."""
        return self.ends[0][1] if self.ends else ""

    def said(self, text: str) -> list[str]:
        """Returns the packets that carry this text of an event."""
        return [packet for packet in self.sent if f'"text":"{text}"' in packet]


class Asgi:
    """One connection straight into an ASGI function: what comes in is put, what goes out is listed."""

    def __init__(self, *inbound: dict[str, Any]) -> None:
        self.sent: list[dict[str, Any]] = []
        self._inbound: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._arrived = asyncio.Event()
        for event in inbound:
            self.put(event)

    def put(self, event: dict[str, Any]) -> None:
        self._inbound.put_nowait(event)

    async def receive(self) -> dict[str, Any]:
        return await self._inbound.get()

    async def send(self, event: dict[str, Any]) -> None:
        self.sent.append(event)
        self._arrived.set()

    async def until(self, count: int) -> None:
        """Waits until so many events have gone out."""
        async with asyncio.timeout(30):
            while len(self.sent) < count:
                self._arrived.clear()
                await self._arrived.wait()

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])

    @property
    def body(self) -> bytes:
        return b"".join(event.get("body", b"") for event in self.sent[1:])
