"""`y-websocket` and `@hocuspocus/provider`, as they are, in Node."""

import asyncio
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from shutil import which
from types import TracebackType
from typing import Any, Self

import pytest

from tests.realtime.doors.happenings import Happening, Happenings

FRONTEND = Path(__file__).resolve().parents[4] / "frontend"
_DRIVER = Path(__file__).with_name("stock.mjs")
_LINE_BYTES = 16 * 1024 * 1024


def node_or_skip() -> str:
    """Returns where Node is; skips the test where it or the clients are missing."""
    node = which("node")
    if node is None or not (FRONTEND / "node_modules" / "y-websocket").exists():
        pytest.skip("Node or frontend/node_modules is missing: run `npm ci` in frontend/.")
    return node


class StockEditors(Happenings):
    """One Node process with any number of copies, each with a provider. `happenings` is everything that came, in order.

    Those of a copy have its `id`. Hocuspocus' providers share one socket.
    """

    patience_seconds = 30.0

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        super().__init__()
        self._process = process
        self._numbers = itertools.count(1)
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def to(cls, port: int) -> Self:
        process = await asyncio.create_subprocess_exec(
            node_or_skip(),
            str(_DRIVER),
            str(FRONTEND / "package.json"),
            f"ws://127.0.0.1:{port}",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LINE_BYTES,
        )
        editors = cls(process)
        await editors.wait(lambda what: what["what"] == "ready")
        return editors

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self._happened(json.loads(line))

    async def do(self, what: str, **more: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **more}).encode() + b"\n")
        await self._process.stdin.drain()

    async def happens(self, copy: int, what: str, *, after: int = 0) -> Happening:
        return await self.wait(lambda it: it["what"] == what and it.get("id") == copy, after=after)

    async def look(self, copy: int) -> Happening:
        """Returns what a copy is now: text, synced, unsynced, carets."""
        number = next(self._numbers)
        await self.do("look", id=copy, number=number)
        return await self.wait(lambda it: it["what"] == "look" and it["number"] == number)

    async def until(self, copy: int, wanted: Callable[[Happening], bool]) -> Happening:
        """Looks at a copy after everything that happens until it is as wanted."""
        while True:
            seen = len(self.happenings)
            found = await self.look(copy)
            if wanted(found):
                return found
            await self.wait(lambda it: it.get("id") == copy, after=seen)

    async def reads(self, copy: int, words: str) -> str:
        """Waits until the words stand in a copy; returns all that does."""
        found: str = (await self.until(copy, lambda it: words in it["text"]))["text"]
        return found

    def errors(self) -> list[Happening]:
        return [it for it in self.happenings if it["what"] == "error"]

    async def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), self.patience_seconds)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._reader
        # The pipes end with their next turn of the loop.
        await asyncio.sleep(0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
