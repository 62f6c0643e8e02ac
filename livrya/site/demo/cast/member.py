"""One person of the cast: a client of the JSON door, as anybody could write one."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

ANSWER_S = 15.0


class Refused(Exception):
    """The server answered with an error; `code` is of the closed catalogue, `retry_after_s` its advice."""

    def __init__(self, code: str, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after_s = retry_after_s


class Lost(Exception):
    """The connection is gone, or the server does not answer."""


class Member:
    """A signed-in person with at most one connection; belongs to one event loop."""

    def __init__(self, address: str, name: str, *, token: Callable[[], Awaitable[str]]) -> None:
        """`address` is that of the socket door; `token` gives a fresh access token."""
        self.name = name
        self._address = address
        self._token = token
        self._socket: ClientConnection | None = None
        self._answers: dict[str, asyncio.Future[Any]] = {}
        self._numbers = itertools.count(1)
        self.heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue(maxsize=200)
        """The latest events, as they came."""

    @asynccontextmanager
    async def online(self) -> AsyncIterator[None]:
        """Connects for the block and leaves at its end. Raises Lost."""
        protocols = [Subprotocol("livrya.v1"), Subprotocol(f"livrya.token.{await self._token()}")]
        try:
            async with connect(self._address, subprotocols=protocols, compression=None, close_timeout=2) as socket:
                self._socket = socket
                listening = asyncio.create_task(self._listen(socket))
                try:
                    yield
                finally:
                    self._socket = None
                    listening.cancel()
                    await asyncio.gather(listening, return_exceptions=True)
        except (OSError, WebSocketException) as error:
            raise Lost(str(error)) from error

    async def ask(self, command: str, **payload: Any) -> Any:
        """Sends a command and returns the data of its answer. Raises Refused, Lost."""
        if self._socket is None:
            raise Lost("There is no connection.")
        request_id = f"{self.name}-{id(self._socket):x}-{next(self._numbers)}"
        answer = self._answers[request_id] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send(json.dumps({"requestId": request_id, "type": command, "payload": payload}))
            async with asyncio.timeout(ANSWER_S):
                return await answer
        except (WebSocketException, TimeoutError) as error:
            raise Lost(str(error)) from error
        finally:
            del self._answers[request_id]

    async def _listen(self, socket: ClientConnection) -> None:
        try:
            async for message in socket:
                await self._take(json.loads(message))
        except WebSocketException:
            pass  # whoever waits for an answer gets the error below
        finally:
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(Lost("The connection is gone."))

    async def _take(self, frame: dict[str, Any]) -> None:
        answer = self._answers.get(frame.get("requestId", ""))
        if answer is not None:
            if answer.done():
                return
            if frame["success"]:
                answer.set_result(frame.get("data"))
            else:
                error = frame["error"]
                answer.set_exception(Refused(error["code"], error["message"], (error.get("retryAfter") or 1000) / 1000))
        elif frame.get("type") == "auth:expiring" and self._socket:
            refresh = {"requestId": "refresh", "type": "auth:refresh", "payload": {"token": await self._token()}}
            await self._socket.send(json.dumps(refresh))
        elif "requestId" not in frame:
            if self.heard.full():
                self.heard.get_nowait()
            self.heard.put_nowait(frame)
