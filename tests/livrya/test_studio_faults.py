"""Browsers and stock providers write one chapter while everything breaks: no saved word is lost or doubled."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright

from realtime.testing.writing import Writing
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.commands import ROOT
from tests.faults.fleet import Database, Fleet
from tests.faults.relay import Relay
from tests.faults.traffic import until
from tests.faults.writers import StockWriter
from tests.livrya.studio_pages import PageWriter
from tests.realtime.doors.yjs.stock import StockEditors

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.either_database]

SETTINGS = "livrya.settings"
_PAUSE_SECONDS = 0.2
_SETTLE_SECONDS = 60.0

AnyWriter = PageWriter | StockWriter


def at_the_stage(fleet: Fleet, *arguments: str) -> Any:
    """Runs `tests.livrya.studio_stage` on the fleet's database; returns what it prints."""
    command = [sys.executable, "-m", "tests.livrya.studio_stage", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=fleet.environment, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed, and CI must not pass without its browser tests.")
        pytest.skip("Chromium is missing.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


async def write_for(writers: Sequence[AnyWriter], seconds: float) -> None:
    """Lets everybody write for so long; who is here must get on in it."""
    before = {writer: writer.progress for writer in writers if not writer.away}
    await asyncio.sleep(seconds)
    await until(lambda: all(writer.progress > words for writer, words in before.items()))


async def break_everything(fleet: Fleet, way: Relay, writers: Sequence[AnyWriter], seconds: float) -> None:
    """Cuts all connections, kills every process, restarts PostgreSQL; the first browser is offline for half of it."""
    part = seconds / 6
    await writers[0].go_away()
    await write_for(writers, part)
    way.cut()
    way.mend()
    await write_for(writers, part)
    victim = fleet.kill_one()
    await write_for(writers, part)
    await until(lambda: len(set(fleet.processes()) - {victim}) == 2)
    await writers[0].come_back()
    fleet.kill_one()
    await write_for(writers, part)
    await asyncio.to_thread(fleet.database.server.crash)
    await asyncio.to_thread(fleet.database.server.start)
    await write_for(writers, part)
    way.cut()
    way.mend()
    await write_for(writers, part)


async def settled(fleet: Fleet, writing: Writing, writers: Sequence[AnyWriter], chapter: str) -> None:
    """Lets everybody save what they have typed and hear the others, and judges."""
    for writer in writers:
        writer.rest()
    await until(lambda: all(writer.rests for writer in writers))
    with contextlib.suppress(TimeoutError):  # the checker says who is another one
        async with asyncio.timeout(_SETTLE_SECONDS):
            while len({await writer.text() for writer in writers}) > 1:  # noqa: ASYNC110  # nothing to await
                await asyncio.sleep(0.1)
    for writer in writers:
        writer.record.shows(await writer.text())
    ended = await asyncio.to_thread(at_the_stage, fleet, "end", chapter)
    writing.check(ended["log"], published=ended["published"])


async def write_while_everything_breaks(seconds: float, *, stock: int = 2) -> int:
    """Lets three browsers and so many stock providers write for so long; returns how many words they typed."""
    writing = Writing()
    environment = {"DJANGO_SETTINGS_MODULE": SETTINGS, "DEBUG": "false", "HTTPS": "false", "SECRET_KEY": "k" * 50}
    async with contextlib.AsyncExitStack() as stack:
        database = await asyncio.to_thread(Database, SETTINGS)
        stack.push_async_callback(asyncio.to_thread, database.server.stop)
        fleet = stack.enter_context(Fleet(database, processes=2, **environment))
        stage = await asyncio.to_thread(at_the_stage, fleet, "begin")
        way = Relay(fleet.port)
        stack.callback(way.close)
        browser = await stack.enter_async_context(chromium())
        editors = await stack.enter_async_context(await StockEditors.to(way.port))
        origin = f"http://127.0.0.1:{way.port}"
        writers: list[AnyWriter] = []
        for number, cookie in enumerate([*stage["cookies"], stage["cookies"][0]]):
            page = await PageWriter.at(browser, origin + stage["path"], cookie, writing, f"page {number}")
            stack.push_async_callback(page.leave)
            writers.append(page)
        for number in range(stock):
            door, token = ["yjs", "hocuspocus"][number % 2], stage["tokens"][number % 2]
            provider = await StockWriter.at(
                writing,
                number,
                editors,
                door,
                stage["document"],
                token=token,
                pause=_PAUSE_SECONDS * stock / 2,
                formats=True,
            )
            stack.push_async_callback(provider.leave)
            writers.append(provider)
        await break_everything(fleet, way, writers, seconds)
        await settled(fleet, writing, writers, str(stage["chapter"]))
        assert editors.errors() == []
    return sum(len(writer.typed) for writer in writing.writers)


async def test_a_chapter_that_five_write_stays_whole_while_everything_breaks() -> None:
    assert await write_while_everything_breaks(12) > 0


@pytest.mark.soak
@pytest.mark.parametrize(("seconds", "stock"), [(60, 2), (600, 17)], ids=["a minute", "ten minutes"])
async def test_a_chapter_stays_whole_for_long(seconds: float, stock: int) -> None:
    print(f"{await write_while_everything_breaks(seconds, stock=stock)} words in {seconds} s, each of them once.")
