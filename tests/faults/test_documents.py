"""Several people write one paper while everything breaks: what was saved stands once, in every copy."""

import asyncio
import contextlib
from collections.abc import Sequence

import pytest

from tests.faults.fleet import Database, Fleet
from tests.faults.traffic import new_hall, until
from tests.faults.writers import Writer, judge, kept

pytestmark = [pytest.mark.live, pytest.mark.either_database]


async def write_on(writers: Sequence[Writer], words: int = 10) -> None:
    """Waits until everybody who is here has saved so many more."""
    goals = {writer: len(writer.saved) + words for writer in writers if not writer.away}
    await until(lambda: all(writer.has_saved(goal) for writer, goal in goals.items()))


async def test_everything_breaks_once_and_no_saved_word_is_lost_or_doubled(database: Database) -> None:
    """S1, S2, S3: over two processes that are killed, a database that crashes, and a Redis that is cut off."""
    paper = new_hall()
    with Fleet(database, processes=2) as fleet:
        writers = [Writer(user, fleet.port, paper) for user in range(1, 6)]
        try:
            await write_on(writers)
            writers[0].away = True
            writers[0].cut()
            fleet.relay.cut()
            await write_on(writers)
            fleet.relay.mend()
            for writer in writers[1:]:
                writer.cut()
            await write_on(writers)
            for _ in range(2):
                victim = fleet.kill_one()
                await write_on(writers)
                await until(lambda gone=victim: len(set(fleet.processes()) - {gone}) == 2)
            await asyncio.to_thread(fleet.database.server.crash)
            await asyncio.to_thread(fleet.database.server.start)
            await write_on(writers)
            writers[0].away = False
            await write_on(writers)
            await settled(fleet, writers, paper)
        finally:
            await asyncio.gather(*[writer.leave() for writer in writers])


async def settled(fleet: Fleet, writers: Sequence[Writer], paper: int) -> None:
    """Lets everybody save what they have typed and hear the others, and judges."""
    for writer in writers:
        writer.rest()
    await until(lambda: all(writer.rests for writer in writers))
    text = await asyncio.to_thread(kept, fleet.database.url, paper)
    with contextlib.suppress(TimeoutError):
        await until(lambda: all(writer.text == text for writer in writers), 20)
    judge(text, writers)
