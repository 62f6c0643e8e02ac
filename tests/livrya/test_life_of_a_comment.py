"""A comment's way from one reader's socket to another's enters the files that the page on architecture lists."""

import asyncio
import re
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from realtime.hub import current_hub
from tests.books.library import book, chapter, somebody
from tests.commands import ROOT
from tests.world import World, open_here

PROJECT = ("realtime", "books", "social", "notifications", "livrya")
HOUSEKEEPING = ("Sweep.run", "Sweep.watch", "Heartbeat.run")
"""What a hub does by the clock; it is none of a comment's business."""
ELSEWHERE = ("realtime/testing/", "realtime/people/presence/")
"""The clients of this test, and presence, which has timers of its own."""
BESIDE = ("realtime/people/typing/", "realtime/sessions/memberships.py")
"""That the writer types no longer is sent beside; joins that waited for the answer go on behind it, which may come
before the event or after it."""


class Trace:
    """Which files of the project are entered, thread by thread, in order; for threads that begin once it is set."""

    def __init__(self) -> None:
        self.on = False
        self.entered: dict[str, dict[str, None]] = {}

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        if self.on and event == "call":
            path = Path(frame.f_code.co_filename)
            name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
            if name.parts[0] in PROJECT and not str(name).startswith(ELSEWHERE):
                thread = "loop" if threading.current_thread() is threading.main_thread() else "lane"
                self.entered.setdefault(thread, {})[str(name)] = None

    def files(self, thread: str) -> list[str]:
        """The files that were entered in the loop's thread or in the others."""
        return list(self.entered[thread])


def listed(heading: str) -> list[str]:
    """The files that the page lists under a heading, in its order."""
    page = (ROOT / "docs" / "architecture.md").read_text()
    section = page.split(f"### {heading}\n")[1].split("\n#")[0]
    return re.findall(r"`([\w/]+\.py)`", section)


@pytest.mark.either_database  # the page says what happens on SQLite
@pytest.mark.django_db(transaction=True)
async def test_a_comment_enters_the_files_that_the_page_lists_in_its_order() -> None:
    trace = Trace()
    threading.setprofile(trace)  # before the hub makes its threads
    read = await sync_to_async(lambda: chapter(book()))()
    writer, reader = [await sync_to_async(somebody)() for _ in range(2)]
    hub = await current_hub()
    try:
        for task in hub._tasks:
            if task.get_coro().__qualname__ in HOUSEKEEPING:  # type: ignore[union-attr]
                task.cancel()
        world = World(open_here, jobs=lambda: asyncio.sleep(0))
        async with world.clients:
            writes, hears = [await world.client(person) for person in (writer, reader)]
            for client in (writes, hears):
                await client.ask("chapter:join", {"chapterId": read.pk})
            await asyncio.sleep(0.3)
            sys.setprofile(trace)
            trace.on = True
            asked = asyncio.ensure_future(writes.ask("comment:post", {"chapterId": read.pk, "text": "Only two?"}))
            await asyncio.gather(hears.event("comment:new"), asked)
            trace.on = False
            sys.setprofile(None)
    finally:
        trace.on = False
        sys.setprofile(None)
        threading.setprofile(None)
        await hub.stop()
    on_the_page, loop = listed("On the loop"), trace.files("loop")
    assert [file for file in loop if not file.startswith(BESIDE)] == [
        file for file in on_the_page if not file.startswith(BESIDE)
    ]
    assert set(loop) == set(on_the_page)
    assert trace.files("lane") == listed("In the thread of the chapter's lane")
