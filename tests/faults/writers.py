"""People who write one paper together whatever breaks, and the promises that hold in the end.

S1, saved: what was answered is committed. S2, nothing lost, nothing doubled: every word that was saved stands once in
every copy. S3, one text: all copies that have heard the same are the same, and the same as the database's.
"""

import asyncio
import itertools
import json
import random
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any

import psycopg
import pycrdt
import websockets
from websockets.asyncio.client import ClientConnection

from tests.faults.authors import connect_as

_ANSWER_SECONDS = 8.0


class Writer:
    """One person with a copy that outlives every connection. Types a word at a time, each of them unique."""

    def __init__(self, user: int, port: int, paper: int, *, pause: float = 0.02) -> None:
        self.saved: list[str] = []
        self.typed: list[str] = []
        self.connected = False
        self.away = False
        self._user = user
        self._port = port
        self._paper = paper
        self._pause = pause
        self._doc: pycrdt.Doc[Any] = pycrdt.Doc()
        self._doc["text"] = self._fragment = pycrdt.XmlFragment()
        self._epoch: str | None = None
        self._numbers = itertools.count(1)
        self._socket: ClientConnection | None = None
        self._answers: dict[str, asyncio.Future[Any]] = {}
        self._resting = False
        self._task = asyncio.create_task(self._run())

    @property
    def text(self) -> str:
        return text_of(self._doc)

    @property
    def state(self) -> bytes:
        return self._doc.get_state()

    def has_saved(self, words: int) -> bool:
        """Tells whether so many words are saved. Raises what has ended the writer, if anything has."""
        if self._task.done():
            self._task.result()
        return len(self.saved) >= words

    def cut(self) -> None:
        """Loses the connection as a broken network does."""
        if self._socket is not None:
            self._socket.transport.abort()

    def rest(self) -> None:
        """Types no more, and goes on until everything typed is saved; stays to hear the others."""
        self._resting = True

    @property
    def rests(self) -> bool:
        """Whether everything that was typed is saved."""
        return self._resting and self.connected and len(self.saved) == len(self.typed)

    async def leave(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                async with connect_as(self._user, self._port) as socket:
                    self._socket = socket
                    await self._write_on(socket)
            except (OSError, TimeoutError, websockets.WebSocketException):
                self.connected = False
                for answer in self._answers.values():
                    answer.cancel()
                self._answers = {}
            while self.away:
                self._type()
                await asyncio.sleep(0.1)
            await asyncio.sleep(random.uniform(0.05, 0.3))

    async def _write_on(self, socket: ClientConnection) -> None:
        reading = asyncio.create_task(self._read(socket))
        writing = asyncio.create_task(self._write(socket))
        try:
            done, _ = await asyncio.wait([reading, writing], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (reading, writing):
                task.cancel()
            await asyncio.gather(reading, writing, return_exceptions=True)

    async def _read(self, socket: ClientConnection) -> None:
        async for message in socket:
            frame = json.loads(message)
            if frame.get("type") == "paper:update":
                self._doc.apply_update(b64decode(frame["payload"]["update"]))
            elif frame.get("type") == "room:reset":
                await socket.close()
            elif (answer := self._answers.pop(frame.get("requestId", ""), None)) is not None and not answer.done():
                answer.set_result(frame)
        raise ConnectionError

    async def _write(self, socket: ClientConnection) -> None:
        await self._ask(socket, "paper:join", {})
        opened = await self._open(socket)
        self.connected = True
        await self._send(socket, self._doc.get_update(b64decode(opened["vector"])), list(self.typed))
        while True:
            if self._resting:
                await asyncio.sleep(3600)
            before = self._doc.get_state()
            word = self._type()
            await self._send(socket, self._doc.get_update(before), [word])
            await asyncio.sleep(self._pause)

    async def _open(self, socket: ClientConnection) -> Any:
        wanted = {} if self._epoch is None else {"epoch": self._epoch, "vector": b64encode(self.state).decode()}
        opened = await self._ask(socket, "paper:open", wanted)
        self._epoch = opened["epoch"]
        self._doc.apply_update(b64decode(opened["update"]))
        return opened

    def _type(self) -> str:
        word = f"<{self._user}.{next(self._numbers)}>"
        if self._fragment.children:
            text = self._fragment.children[0]
            starts = [0, *(at + 1 for at, character in enumerate(str(text)) if character == ">")]
            text.insert(random.choice(starts), word)
            self.typed.append(word)
        return word

    async def _send(self, socket: ClientConnection, update: bytes, words: Sequence[str]) -> None:
        wanted = {"epoch": self._epoch, "update": b64encode(update).decode()}
        await self._ask(socket, "paper:change", wanted)
        self.saved += [word for word in words if word not in self.saved]

    async def _ask(self, socket: ClientConnection, command: str, payload: dict[str, Any]) -> Any:
        """Returns the answer's data; what may pass is asked again, anything else ends the connection."""
        while True:
            request_id = f"{self._user}-{random.getrandbits(60)}"
            answer = self._answers[request_id] = asyncio.get_running_loop().create_future()
            await socket.send(
                json.dumps({"requestId": request_id, "type": command, "payload": {"paperId": self._paper, **payload}})
            )
            async with asyncio.timeout(_ANSWER_SECONDS):
                frame = await answer
            if frame["success"]:
                return frame["data"]
            if not frame["error"]["retryable"]:
                raise ConnectionError(frame["error"])
            await asyncio.sleep(min(1.0, frame["error"].get("retryAfter", 200) / 1000))


def text_of(doc: "pycrdt.Doc[Any]") -> str:
    children = doc.get("text", type=pycrdt.XmlFragment).children
    return str(children[0]) if len(children) else ""


def kept(url: str, paper: int) -> str:
    """Returns the paper as the database has it, merged by the library alone."""
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    room = f"paper:{paper}"
    with psycopg.connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        found = connection.execute("SELECT state, seq FROM realtime_documentstate WHERE room = %s", [room]).fetchone()
        assert found is not None
        doc.apply_update(found[0])
        changes = connection.execute(
            "SELECT data FROM realtime_event WHERE room = %s AND seq > %s AND data IS NOT NULL ORDER BY seq",
            [room, found[1]],
        )
        for (data,) in changes.fetchall():
            doc.apply_update(data)
    return text_of(doc)


def judge(text: str, writers: Sequence[Writer]) -> None:
    """Raises AssertionError with the first broken promise; `text` is the database's."""
    check_saved(text, writers)
    for writer in writers:
        for word in writer.typed:
            assert text.count(word) == 1, f"S2 nothing lost, nothing doubled: {word} stands {text.count(word)} times"
    for writer in writers:
        assert writer.text == text, "S3 one text: a copy is another one"


def check_saved(text: str, writers: Sequence[Writer]) -> None:
    """Raises AssertionError for a word that was called saved and is not in the database's text."""
    for writer in writers:
        for word in writer.saved:
            assert word in text, f"S1 saved: {word} was answered, and is not in the log"
