"""People who write one paper together whatever breaks, each with a copy that outlives every connection."""

import asyncio
import itertools
import random
import re
from abc import ABC, abstractmethod
from typing import Any

import psycopg
import pycrdt
import websockets

from realtime.testing.writing import WORD, WriterRecord, Writing
from tests.faults.doors import Answer, Event, JsonLink, Link
from tests.realtime.doors.yjs.stock import StockEditors

_ANSWER_SECONDS = 8.0
_PAUSE_SECONDS = 0.02


class Writer(ABC):
    """Types a word at a time; what it typed and what was called saved is in its record."""

    def __init__(self, writing: Writing, name: str, pause: float) -> None:
        self.record: WriterRecord = writing.writer(name)
        self.away = False
        self._pause = pause
        self._resting = False
        self._task: asyncio.Task[None] | None = None

    @property
    def progress(self) -> int:
        """How many words are done with, as far as this wire tells. Raises what has ended the writer."""
        if self._task is not None and self._task.done():
            self._task.result()
        return len(self.record.acknowledged)

    @abstractmethod
    def cut(self) -> None:
        """Loses the connection as a broken network does."""

    async def go_away(self) -> None:
        """Is offline until `come_back`, and types meanwhile."""
        self.away = True
        self.cut()

    async def come_back(self) -> None:
        self.away = False

    def rest(self) -> None:
        """Types no more, and goes on until everything typed is saved; stays to hear the others."""
        self._resting = True

    @property
    @abstractmethod
    def rests(self) -> bool:
        """Whether everything that was typed is saved, as far as this wire tells."""

    @abstractmethod
    async def text(self) -> str:
        """Returns what the copy shows."""

    async def leave(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


class OwnWriter(Writer):
    """At one of the session model's own doors."""

    def __init__(
        self,
        writing: Writing,
        user: int,
        port: int,
        paper: int,
        *,
        door: type[Link] = JsonLink,
        pause: float = _PAUSE_SECONDS,
    ) -> None:
        super().__init__(writing, f"{door.name} {user}", pause)
        self.connected = False
        self.epoch: str | None = None
        self._door = door
        self._user = user
        self._port = port
        self._paper = paper
        self._doc: pycrdt.Doc[Any] = pycrdt.Doc()
        self._doc["text"] = self._fragment = pycrdt.XmlFragment()
        self._numbers = itertools.count(1)
        self._link: Link | None = None
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._task = asyncio.create_task(self._run())

    async def text(self) -> str:
        return text_of(self._doc)

    def cut(self) -> None:
        if self._link is not None:
            self._link.socket.transport.abort()

    @property
    def rests(self) -> bool:
        return self._resting and self.connected and len(self.record.acknowledged) == len(self.record.typed)

    async def _run(self) -> None:
        while True:
            try:
                async with self._door.connect(self._user, self._port) as socket:
                    self._link = self._door(socket)
                    await self._link.enter()
                    await self._write_on(self._link)
            except (OSError, TimeoutError, websockets.WebSocketException):
                self.connected = False
                for answer in self._answers.values():
                    answer.cancel()
                self._answers = {}
            while self.away:
                self._type()
                await asyncio.sleep(0.1)
            await asyncio.sleep(random.uniform(0.05, 0.3))

    async def _write_on(self, link: Link) -> None:
        reading = asyncio.create_task(self._read(link))
        writing = asyncio.create_task(self._write(link))
        try:
            done, _ = await asyncio.wait([reading, writing], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (reading, writing):
                task.cancel()
            await asyncio.gather(reading, writing, return_exceptions=True)

    async def _read(self, link: Link) -> None:
        while True:
            match await link.receive():
                case Answer(number, answer):
                    if (waiting := self._answers.pop(number, None)) is not None and not waiting.done():
                        waiting.set_result(answer)
                case Event("paper:update", payload):
                    self._doc.apply_update(payload["update"])
                case Event("room:reset"):
                    await link.socket.close()

    async def _write(self, link: Link) -> None:
        await self._ask(link, "paper:join", {})
        opened = await self._open(link)
        self.connected = True
        await self._send(link, self._doc.get_update(opened["vector"]), list(self.record.typed))
        while True:
            if self._resting:
                await asyncio.sleep(3600)
            before = self._doc.get_state()
            if word := self._type():
                await self._send(link, self._doc.get_update(before), [word])
            await asyncio.sleep(self._pause)

    async def _open(self, link: Link) -> Any:
        wanted = {} if self.epoch is None else {"epoch": self.epoch, "vector": self._doc.get_state()}
        opened = await self._ask(link, "paper:open", wanted)
        self.epoch = opened["epoch"]
        self._doc.apply_update(opened["update"])
        return opened

    def _type(self) -> str | None:
        """Types a word behind some other; None before there is anything to type into."""
        if not self._fragment.children:
            return None
        text = self._fragment.children[0]
        word = self.record.word()
        text.insert(random.choice([0, *(found.end() for found in re.finditer(WORD, str(text)))]), word)
        return word

    async def _send(self, link: Link, update: bytes, words: list[str]) -> None:
        await self._ask(link, "paper:change", {"epoch": self.epoch, "update": update})
        self.record.saved(*words)

    async def _ask(self, link: Link, command: str, payload: dict[str, Any]) -> Any:
        """Returns the answer's data; what may pass is asked again, anything else ends the connection."""
        while True:
            number = next(self._numbers)
            waiting = self._answers[number] = asyncio.get_running_loop().create_future()
            await link.send(number, command, {"paperId": self._paper, **payload})
            async with asyncio.timeout(_ANSWER_SECONDS):
                answer = await waiting
            if answer["success"]:
                return answer["data"]
            if not answer["error"]["retryable"]:
                raise ConnectionError(answer["error"])
            await asyncio.sleep(min(1.0, answer["error"].get("retryAfter", 200) / 1000))


class StockWriter(Writer):
    """A stock provider in Node: `yjs` is y-websocket, whose wire has no word for saved, or `hocuspocus`."""

    def __init__(
        self, writing: Writing, copy: int, editors: StockEditors, door: str, pause: float, formats: bool
    ) -> None:
        super().__init__(writing, f"{door} {copy}", pause)
        self._copy = copy
        self._editors = editors
        self._door = door
        self._formats = formats
        self._heard = 0
        self._cutting: asyncio.Future[None] | None = None

    @classmethod
    async def at(
        cls,
        writing: Writing,
        copy: int,
        editors: StockEditors,
        door: str,
        document: str,
        *,
        token: str,
        pause: float = _PAUSE_SECONDS,
        formats: bool = False,
    ) -> "StockWriter":
        """Opens a document by its full name. `formats`: it has blocks, whose kinds and marks this one changes, too."""
        writer = cls(writing, copy, editors, door, pause, formats)
        await editors.do(door, id=copy, name=document, token=token, quiet=True)
        await editors.happens(copy, "synced")
        writer._task = asyncio.create_task(writer._run())
        return writer

    async def _run(self) -> None:
        while not self._resting:
            act = random.choice(["write", "write", "write", "mark", "kind"]) if self._formats else "write"
            if act == "write":
                await self._editors.do("write", id=self._copy, word=self.record.word())
            else:
                kind = random.choice(["paragraph", "heading", "quote"])
                await self._editors.do(act, id=self._copy, kind=kind)
            await asyncio.sleep(max(0.1, self._pause) if self.away else self._pause)
        await asyncio.Event().wait()

    def _catch_up(self) -> None:
        for happening in self._editors.happenings[self._heard :]:
            mine = happening.get("id") == self._copy
            if mine and happening["what"] == "unsynced" and not happening["number"]:
                self.record.saved(*self.record.typed[: happening["written"]])
        self._heard = len(self._editors.happenings)

    @property
    def progress(self) -> int:
        self._catch_up()
        saved = super().progress
        return len(self.record.typed) if self._door == "yjs" else saved

    @property
    def rests(self) -> bool:
        self._catch_up()
        return self._resting and (self._door == "yjs" or len(self.record.acknowledged) == len(self.record.typed))

    async def text(self) -> str:
        found = await self._editors.look(self._copy)
        return str(found["blocks"] if self._formats else found["text"])

    def cut(self) -> None:
        self._cutting = asyncio.ensure_future(self._editors.do("cut", id=self._copy))

    async def go_away(self) -> None:
        self.away = True
        await self._editors.do("offline", id=self._copy)

    async def come_back(self) -> None:
        self.away = False
        await self._editors.do("online", id=self._copy)


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
