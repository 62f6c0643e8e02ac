"""A Socket.IO client on a WebSocket straight into the application, speaking bare packets."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Any, Self

import pytest
from channels.routing import URLRouter

from realtime.doors.routing import websocket_urlpatterns
from realtime.hub import Hub
from realtime.testing.client import ApplicationTransport, Closed
from tests.realtime.halls import hub

__all__ = ["BareClient", "Open", "hub", "open_socket"]

_APPLICATION = URLRouter(websocket_urlpatterns)
_PATIENCE_SECONDS = 30.0


class BareClient:
    """One connection; `texts` is every Socket.IO packet that came, without its Engine.IO digit."""

    def __init__(self, link: ApplicationTransport) -> None:
        self.texts: list[str] = []
        self.closed: int | None = None
        self._link = link
        self._arrived = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            while True:
                text = await self._link.receive()
                if text.startswith("4"):
                    self.texts.append(text[1:])
                    self._arrived.set()
        except Closed as end:
            self.closed = end.code
            self._arrived.set()

    async def send(self, packet: str) -> None:
        await self._link.send(f"4{packet}")

    async def until(self, condition: Callable[[], Any]) -> Any:
        """Waits until the condition holds; returns what it returned."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while not (found := condition()):
                    if self.closed is not None:
                        raise AssertionError(f"Closed with {self.closed} after {self.texts}")
                    self._arrived.clear()
                    await self._arrived.wait()
                return found
        except TimeoutError:
            raise AssertionError(self.texts) from None

    async def enter(self, namespace: str, **auth: Any) -> dict[str, Any]:
        """Connects to a namespace; returns what the server says to that, an error in `message`."""
        seen = len(self.texts)
        await self.send(f"0{_head(namespace)}{json.dumps(auth)}")
        heads = (f"0{_head(namespace)}{{", f"4{_head(namespace)}{{")
        text = await self.until(lambda: next((text for text in self.texts[seen:] if text.startswith(heads)), None))
        answer: dict[str, Any] = json.loads(text[text.index("{") :])
        return answer

    async def ask(self, namespace: str, *arguments: Any) -> Any:
        """Sends an event with an ack; returns the ack's one argument."""
        number = 1 + sum(text.startswith("3") for text in self.texts)
        await self.send(f"2{_head(namespace)}{number}{json.dumps(arguments)}")
        head = f"3{_head(namespace)}{number}["
        text = await self.until(lambda: next((text for text in self.texts if text.startswith(head)), None))
        [answer] = json.loads(text[len(head) - 1 :])
        return answer

    def events(self, namespace: str, name: str) -> list[list[Any]]:
        """Returns the arguments of every event of that name so far."""
        head = f'2{namespace},["{name}"'
        return [json.loads(text[text.index("[") :])[1:] for text in self.texts if text.startswith(head)]

    def said(self, namespace: str = "/halls") -> list[str]:
        return [payload["text"] for payload, *_ in self.events(namespace, "hall:said")]

    def offset(self, namespace: str = "/halls") -> str:
        """Returns the offset that a stock client would keep: the last argument that was a string."""
        for text in reversed(self.texts):
            if text.startswith(f"2{namespace},"):
                last = json.loads(text[text.index("[") :])[-1]
                if isinstance(last, str):
                    return last
        return ""

    async def close(self) -> None:
        """Is gone without a word."""
        await self._link.close(1006)
        await asyncio.gather(self._reader, return_exceptions=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


def _head(namespace: str) -> str:
    return "" if namespace == "/" else f"{namespace},"


Open = Callable[..., Awaitable[BareClient]]


@pytest.fixture
async def open_socket(hub: Hub) -> AsyncIterator[Open]:
    """Opens connections: `await open_socket()`; headers as keywords."""
    clients: list[BareClient] = []

    async def opened(headers: dict[str, str] | None = None) -> BareClient:
        link = ApplicationTransport(
            _APPLICATION,
            {
                "type": "websocket",
                "path": "/socket.io/",
                "query_string": b"EIO=4&transport=websocket",
                "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
                "subprotocols": [],
                "client": ("127.0.0.1", 1),
                "extensions": {},
            },
        )
        await link.accepted()
        client = BareClient(link)
        clients.append(client)
        return client

    yield opened
    for client in clients:
        await client.close()
