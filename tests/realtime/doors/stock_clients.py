"""Clients that nobody here has written: socket.io-client in Node, and python-socketio, driven alike."""

import asyncio
import base64
import gc
import itertools
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import which
from types import TracebackType
from typing import Any, Self

import pytest
import socketio

from tests.realtime.doors.happenings import Happening, Happenings

FRONTEND = Path(__file__).resolve().parents[3] / "frontend"
_DRIVER = Path(__file__).with_name("client.mjs")
_PATIENCE_SECONDS = 20.0


class StockClient(Happenings, ABC):
    """One connection; `happenings` is everything that came, in order.

    Each has `what`: connect, refused, disconnect, event (`args`, the name first) or ack.
    """

    def __init__(self) -> None:
        super().__init__()
        self._numbers = itertools.count(1)

    @abstractmethod
    async def open(self, namespace: str, auth: Mapping[str, Any] | None = None) -> None:
        """Begins to connect to a namespace; how it went is a happening."""

    @abstractmethod
    async def emit(self, namespace: str, *args: Any) -> None:
        """Emits without an ack."""

    @abstractmethod
    async def ask(self, namespace: str, *args: Any) -> list[Any]:
        """Emits with an ack; returns its arguments."""

    @abstractmethod
    async def transport(self) -> str:
        """Returns the transport in use."""

    @abstractmethod
    async def cut(self) -> None:
        """Breaks the connection without a word; the client comes back by itself."""

    @abstractmethod
    async def leave(self, namespace: str) -> None:
        """Disconnects from a namespace."""

    @abstractmethod
    async def close(self) -> None:
        """Ends the client."""

    async def connected(self, namespace: str, *, after: int = 0) -> Happening:
        return await self.wait(lambda what: what["what"] == "connect" and what["namespace"] == namespace, after=after)

    async def refused(self, namespace: str) -> Happening:
        return await self.wait(lambda what: what["what"] == "refused" and what["namespace"] == namespace)

    async def event(self, name: str, *, after: int = 0) -> list[Any]:
        """Returns the arguments of the first event of that name."""
        happening = await self.wait(lambda what: what["what"] == "event" and what["args"][0] == name, after=after)
        arguments: list[Any] = happening["args"][1:]
        return arguments

    def events(self, name: str) -> list[list[Any]]:
        """Returns the arguments of every event of that name so far."""
        return [what["args"][1:] for what in self.happenings if what["what"] == "event" and what["args"][0] == name]

    async def succeed(self, namespace: str, *args: Any) -> Any:
        """Asks for what must succeed; returns the ack's data."""
        [answer] = await self.ask(namespace, *args)
        assert answer["success"], answer
        return answer["data"]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


class NodeClient(StockClient):
    """socket.io-client, in Node."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        super().__init__()
        self._process = process
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def to(cls, origin: str, transports: Sequence[str] | None = None, **more: Any) -> Self:
        """Starts one; `more` are options of the library's own."""
        node = which("node")
        if node is None or not (FRONTEND / "node_modules" / "socket.io-client").exists():
            pytest.skip("Node or frontend/node_modules is missing: run `npm ci` in frontend/.")
        options = ({"transports": list(transports)} if transports else {}) | more
        process = await asyncio.create_subprocess_exec(
            node,
            str(_DRIVER),
            str(FRONTEND / "package.json"),
            origin,
            json.dumps(options),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        return cls(process)

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self._happened(json.loads(line, object_hook=_unpacked))

    async def _do(self, what: str, **more: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **more}, default=_packed).encode() + b"\n")
        await self._process.stdin.drain()

    async def _answer(self, what: str, **more: Any) -> list[Any]:
        number = next(self._numbers)
        await self._do(what, number=number, **more)
        answer = await self.wait(lambda happening: happening["what"] == "ack" and happening["number"] == number)
        arguments: list[Any] = answer["args"]
        return arguments

    async def open(self, namespace: str, auth: Mapping[str, Any] | None = None) -> None:
        await self._do("open", namespace=namespace, auth=dict(auth or {}))

    async def emit(self, namespace: str, *args: Any) -> None:
        await self._do("emit", namespace=namespace, args=args)

    async def ask(self, namespace: str, *args: Any) -> list[Any]:
        return await self._answer("ask", namespace=namespace, args=args)

    async def transport(self) -> str:
        [name] = await self._answer("transport")
        return str(name)

    async def cut(self) -> None:
        await self._do("cut")

    async def leave(self, namespace: str) -> None:
        await self._do("leave", namespace=namespace)

    async def wake(self, namespace: str) -> None:
        """Connects again to a namespace that was left, as the same client."""
        await self._do("wake", namespace=namespace)

    async def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
        await self._reader
        # The pipes end with their next turn of the loop.
        await asyncio.sleep(0)


class PythonClient(StockClient):
    """python-socketio. It connects to all its namespaces at once, so each `open` is a client of its own."""

    def __init__(self, origin: str, transports: Sequence[str] | None) -> None:
        super().__init__()
        self._origin = origin
        self._transports = list(transports) if transports else None
        self._clients: dict[str, socketio.AsyncClient] = {}

    @classmethod
    async def to(cls, origin: str, transports: Sequence[str] | None = None) -> Self:
        return cls(origin, transports)

    async def open(self, namespace: str, auth: Mapping[str, Any] | None = None) -> None:
        client = socketio.AsyncClient(reconnection_delay=0.05, reconnection_delay_max=0.2)
        self._clients[namespace] = client

        async def on_any(name: str, *args: Any) -> None:
            self._happened({"what": "event", "namespace": namespace, "args": [name, *args]})

        async def on_connect() -> None:
            self._happened({"what": "connect", "namespace": namespace, "recovered": False})

        async def on_disconnect(reason: str = "") -> None:
            self._happened({"what": "disconnect", "namespace": namespace, "reason": reason})

        async def on_error(error: Any = None) -> None:
            found = error if isinstance(error, dict) else {"message": error}
            self._happened({"what": "refused", "namespace": namespace, "data": None, **found})

        client.on("*", on_any, namespace=namespace)
        client.on("connect", on_connect, namespace=namespace)
        client.on("disconnect", on_disconnect, namespace=namespace)
        client.on("connect_error", on_error, namespace=namespace)
        try:
            await client.connect(
                self._origin, namespaces=[namespace], auth=dict(auth or {}), transports=self._transports, wait=True
            )
        except socketio.exceptions.ConnectionError:
            await _end(client)

    async def emit(self, namespace: str, *args: Any) -> None:
        await self._clients[namespace].emit(args[0], tuple(args[1:]), namespace=namespace)

    async def ask(self, namespace: str, *args: Any) -> list[Any]:
        answer = await self._clients[namespace].call(args[0], tuple(args[1:]), namespace=namespace, timeout=20)
        return [answer]

    async def transport(self) -> str:
        return str(next(iter(self._clients.values())).transport())

    async def cut(self) -> None:
        for client in self._clients.values():
            engine = client.eio
            if engine.current_transport == "websocket":
                await engine.ws.close()
            else:
                await engine.http.close()

    async def leave(self, namespace: str) -> None:
        await self._clients[namespace].disconnect()

    async def close(self) -> None:
        for client in self._clients.values():
            await _end(client)


async def _end(client: socketio.AsyncClient) -> None:
    await client.shutdown()
    if client.eio.http is not None:
        await client.eio.http.close()
    # The library leaves the connection of a poll that it gave up to the garbage collector, which complains: here,
    # where that is expected, and not in some later test.
    gc.collect()


def _packed(value: Any) -> Any:
    assert isinstance(value, bytes)
    return {"$bytes": base64.b64encode(value).decode()}


def _unpacked(value: dict[str, Any]) -> Any:
    return base64.b64decode(value["$bytes"]) if value.keys() == {"$bytes"} else value
