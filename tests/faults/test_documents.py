"""People write one paper at every door while everything breaks: what was saved stands once, in every copy."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import pytest

from realtime.testing.writing import Writing
from tests.faults.doors import JsonLink, SocketIoLink
from tests.faults.fleet import Database, Fleet
from tests.faults.traffic import new_hall, until
from tests.faults.writers import OwnWriter, StockWriter, Writer, kept
from tests.realtime.doors.yjs.stock import StockEditors

pytestmark = [pytest.mark.live, pytest.mark.either_database]


@contextlib.asynccontextmanager
async def writers_at_every_door(writing: Writing, fleet: Fleet, paper: int) -> AsyncIterator[list[Writer]]:
    """Two at each door of the session model's own, one at each for stock clients; all of them are writing."""
    own = [
        OwnWriter(writing, user, fleet.port, paper, door=door)
        for user, door in enumerate([JsonLink, SocketIoLink] * 2, start=1)
    ]
    writers: list[Writer] = [*own]
    try:
        async with await StockEditors.to(fleet.port) as editors:
            await until(lambda: all(writer.progress > 0 for writer in own))
            name = f"paper:{paper}@{own[0].epoch}.1"
            for user, door in enumerate(["yjs", "hocuspocus"], start=len(own) + 1):
                writers.append(await StockWriter.at(writing, user, editors, door, name, token=str(user)))
            yield writers
            await asyncio.gather(*[writer.leave() for writer in writers])
            assert editors.errors() == []
    finally:
        await asyncio.gather(*[writer.leave() for writer in writers])


async def write_on(writers: Sequence[Writer], words: int = 10) -> None:
    """Waits until everybody who is here has done with so many more."""
    goals = {writer: writer.progress + words for writer in writers if not writer.away}
    await until(lambda: all(writer.progress >= goal for writer, goal in goals.items()))


async def test_everything_breaks_once_and_no_saved_word_is_lost_or_doubled(database: Database) -> None:
    """S1, S2, S3: over two processes that are killed, a database that crashes, and a Redis that is cut off."""
    paper, writing = new_hall(), Writing()
    with Fleet(database, processes=2) as fleet:
        async with writers_at_every_door(writing, fleet, paper) as writers:
            away = [writers[0], writers[-1]]
            await write_on(writers)
            for writer in away:
                await writer.go_away()
            fleet.relay.cut()
            await write_on(writers)
            fleet.relay.mend()
            for writer in writers:
                if not writer.away:
                    writer.cut()
            await write_on(writers)
            for _ in range(2):
                victim = fleet.kill_one()
                await write_on(writers)
                await until(lambda gone=victim: len(set(fleet.processes()) - {gone}) == 2)
            await asyncio.to_thread(fleet.database.server.crash)
            await asyncio.to_thread(fleet.database.server.start)
            await write_on(writers)
            for writer in away:
                await writer.come_back()
            await write_on(writers)
            await settled(writing, fleet, writers, paper)


async def settled(writing: Writing, fleet: Fleet, writers: Sequence[Writer], paper: int) -> None:
    """Lets everybody save what they have typed and hear the others, and judges."""
    for writer in writers:
        writer.rest()
    await until(lambda: all(writer.rests for writer in writers))
    log = ""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(20):
            while {log} != {await writer.text() for writer in writers}:
                log = await asyncio.to_thread(kept, fleet.database.url, paper)
                await asyncio.sleep(0.1)
    for writer in writers:
        writer.record.shows(await writer.text())
    writing.check(log)
