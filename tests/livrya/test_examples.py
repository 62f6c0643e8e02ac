"""The examples, started as their page says, against the product's own server and the demo library."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.hashers import make_password
from django.db import connections

from books.models import Book
from livrya.accounts.models import User
from livrya.management.commands.demo import PASSWORD
from livrya.site.demo.filling import fill_library
from realtime.testing.server import ServerProcess
from tests.books.library import chapter
from tests.commands import ROOT, running_database_url
from tests.realtime.doors.stock_clients import FRONTEND

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.live, pytest.mark.either_database]

EXAMPLES = ROOT / "examples"
PATIENCE_SECONDS = 45.0
CHAPTERS = ["While they listen", "While nobody serves", "When they are back"]


class Example:
    """One running example, and what it has said."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.lines: list[str] = []
        self.process = process
        self._said = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.lines.append(line.decode().rstrip("\n"))
            self._said.set()

    async def says(self, word: str) -> None:
        """Waits until it has said a line with that word."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not any(word in line for line in self.lines):
                    self._said.clear()
                    await self._said.wait()
        except TimeoutError:
            raise AssertionError(f"It never said {word}; this it did: {self.lines}") from None

    def chapters(self) -> list[str]:
        """Returns the titles of the chapters that it has printed, in order."""
        return [title for line in self.lines for title in CHAPTERS if "chapter:" in line and title in line]

    async def end(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._reader


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The examples with their libraries installed: those of the front end and of this environment, the same."""
    if not (FRONTEND / "node_modules" / "socket.io-client").exists():
        pytest.skip("frontend/node_modules is missing: run `npm ci` in frontend/.")
    shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=shutil.ignore_patterns("node_modules"))
    (tmp_path / "examples" / "node_modules").symlink_to(FRONTEND / "node_modules")
    return tmp_path / "examples"


@asynccontextmanager
async def started(folder: Path, *command: str) -> AsyncIterator[Example]:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    example = Example(process)
    try:
        yield example
    finally:
        await example.end()


def fill(reader: str) -> Book:
    """Fills the demo library; the reader's password is hashed as servers check it."""
    fill_library(password=PASSWORD, moby_dick=Path("/nonexistent"), note=lambda sentence: None)
    User.objects.filter(username=reader).update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    return Book.objects.get(title="The Lamp Room")


async def test_every_example_follows_a_book_over_a_restart_of_the_server(folder: Path, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [*settings.PASSWORD_HASHERS, "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    in_database = sync_to_async
    book = await in_database(fill)("tom")
    environment = {"DATABASE_URL": running_database_url()}

    async def publish(title: str) -> None:
        await in_database(chapter)(book, title=title)

    def start(port: int | None = None) -> ServerProcess:
        return ServerProcess(port=port, environment=environment)

    async with AsyncExitStack() as stack:
        server = stack.enter_context(start())
        where = (server.http(""), str(book.pk))
        following = ("./follow.sh", *where)
        *examples, stream = [
            await stack.enter_async_context(started(folder, *command))
            for command in (
                ("node", "stock_client.mjs", *where),
                (sys.executable, "stock_client.py", *where),
                (sys.executable, "bare_websocket.py", *where),
                following,
            )
        ]
        for example, word in zip(
            (*examples, stream), ("entered", "entered", '"success":true', "session:ready"), strict=True
        ):
            await example.says(word)

        await publish(CHAPTERS[0])
        for example in (*examples, stream):
            await example.says(CHAPTERS[0])
        await asyncio.to_thread(server.stop)
        await publish(CHAPTERS[1])
        assert await asyncio.wait_for(stream.process.wait(), PATIENCE_SECONDS) == 0  # a clean end
        await asyncio.to_thread(lambda: stack.enter_context(start(server.port)))
        last_id = [line.removeprefix("id: ") for line in stream.lines if line.startswith("id: ")][-1]
        again = await stack.enter_async_context(started(folder, *following, last_id))
        await again.says("session:ready")
        await publish(CHAPTERS[2])
        for example in (*examples, again):
            await example.says(CHAPTERS[2])
        assert [example.chapters() for example in examples] == [CHAPTERS] * len(examples)
        assert stream.chapters() + again.chapters() == CHAPTERS
    await in_database(connections.close_all)()


def test_the_bare_websocket_takes_thirty_lines() -> None:
    assert len((EXAMPLES / "bare_websocket.py").read_text().splitlines()) <= 30
