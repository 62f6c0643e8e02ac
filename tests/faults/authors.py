"""Clients that say something durable again and again, each time until it is answered, whatever breaks meanwhile."""

import asyncio
import itertools
import json
import random

import websockets
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from realtime.testing.history import History

_ANSWER_SECONDS = 8.0


def connect_as(user: int, port: int) -> connect:
    """Opens the JSON door of a server as that person."""
    return connect(
        f"ws://127.0.0.1:{port}/ws/halls/",
        subprotocols=[Subprotocol("livrya.v1"), Subprotocol(f"livrya.token.{user}")],
        compression=None,
        ping_interval=None,
        open_timeout=30,
        close_timeout=0.1,
    )


class Author:
    """One person who writes into some halls. Each request's id is what its event says.

    After an answer that was lost, or an error that may pass, the same request goes out again; and now and then
    one that was answered long ago is repeated, as a client with an outbox does.
    """

    def __init__(self, history: History, user: int, port: int, halls: list[int], *, pause: float = 0.02) -> None:
        self.done = 0
        self._history = history
        self._user = user
        self._port = port
        self._halls = halls
        self._pause = pause
        self._more = asyncio.Condition()
        self._stopping = False
        self._task = asyncio.create_task(self._run())

    async def until(self, done: int) -> None:
        """Waits until so many requests have been answered."""
        async with self._more:
            await self._more.wait_for(lambda: self.done >= done or self._task.done())
        if self._task.done():
            self._task.result()

    async def stop(self) -> None:
        """Ends when the request that is on its way has its answer."""
        self._stopping = True
        await self._task

    async def _run(self) -> None:
        requests = ((f"{self._user}-{number}", random.choice(self._halls)) for number in itertools.count(1))
        answered: list[tuple[str, int]] = []
        current = next(requests)
        while not self._stopping:
            try:
                async with connect_as(self._user, self._port) as socket:
                    while not self._stopping:
                        if answered and random.random() < 0.1:
                            await self._say(socket, *random.choice(answered))
                        if await self._say(socket, *current):
                            answered.append(current)
                            current = next(requests)
                            async with self._more:
                                self.done += 1
                                self._more.notify_all()
                        await asyncio.sleep(self._pause)
            except (OSError, TimeoutError, websockets.WebSocketException):
                await asyncio.sleep(random.uniform(0.05, 0.3))

    async def _say(self, socket: ClientConnection, request_id: str, hall: int) -> bool:
        """Asks once; True when it was done."""
        actor = f"user:{self._user}"
        self._history.asked(actor, request_id, mark=request_id)
        payload = {"hallId": hall, "text": request_id}
        await socket.send(json.dumps({"requestId": request_id, "type": "hall:say", "payload": payload}))
        async with asyncio.timeout(_ANSWER_SECONDS):
            while True:
                answer = json.loads(await socket.recv())
                if answer.pop("requestId", None) == request_id:
                    break
        self._history.answered(actor, request_id, answer)
        if not answer["success"]:
            await asyncio.sleep(min(1.0, answer["error"].get("retryAfter", 200) / 1000))
        return bool(answer["success"])
