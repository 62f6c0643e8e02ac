"""People who write one paper over the JSON door, each with a copy of their own."""

from base64 import b64decode, b64encode
from typing import Any, Self

import pycrdt

from realtime.testing.client import JsonClient
from tests.realtime.halls import Connect

ROOM = "paper:1"


class Writer:
    """One person's copy and connection. `local` are changes that nobody was sent yet."""

    def __init__(self, client: JsonClient, opened: dict[str, Any], paper: int = 1) -> None:
        self.client = client
        self.paper = paper
        self.epoch: str = opened["epoch"]
        self.opened = opened
        self.doc: pycrdt.Doc[Any] = pycrdt.Doc()
        self.doc["text"] = fragment = pycrdt.XmlFragment()
        self.doc.apply_update(b64decode(opened["update"]))
        self._text = fragment.children[0]
        self.local: list[bytes] = []
        self._watch = self.doc.observe(lambda event: self.local.append(event.update))

    @classmethod
    async def join(cls, connect: Connect, user: int) -> Self:
        return await cls.at(await connect(token=str(user)))

    @classmethod
    async def at(cls, client: JsonClient, paper: int = 1) -> Self:
        """Opens a paper on a connection that there is."""
        await client.tell("paper:join", {"paperId": paper})
        return cls(client, await client.tell("paper:open", {"paperId": paper}), paper)

    @property
    def text(self) -> str:
        return str(self._text)

    def type(self, words: str, at: int | None = None) -> bytes:
        """Types into the own copy; returns the update, not sent."""
        self.local.clear()
        self._text.insert(len(self.text.encode()) if at is None else at, words)
        return self.local[-1]

    def delete(self, begin: int, end: int) -> bytes:
        self.local.clear()
        del self._text[begin:end]
        return self.local[-1]

    def remove(self) -> bytes:
        """Takes all of the paper's text away, as an element is taken away."""
        self.local.clear()
        del self.doc["text"].children[0]
        return self.local[-1]

    def mark(self, name: str) -> bytes:
        self.local.clear()
        self._text.format(0, len(self.text.encode()), {name: {}})
        return self.local[-1]

    async def send(self, update: bytes) -> Any:
        """Sends an update; returns the whole answer."""
        payload = {"paperId": self.paper, "epoch": self.epoch, "update": b64encode(update).decode()}
        return await self.client.ask("paper:change", payload)

    async def write(self, words: str) -> None:
        answer = await self.send(self.type(words))
        assert answer["success"], answer

    async def hear(self) -> None:
        """Waits for the next change of somebody else, and merges it."""
        event = await self.client.event("paper:update")
        self.doc.apply_update(b64decode(event["payload"]["update"]))

    async def sees(self, words: str) -> None:
        while words not in self.text:
            await self.hear()
