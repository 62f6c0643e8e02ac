"""The fault suite in short, for every run of the tests: everything breaks once, one after another."""

import asyncio

import pytest

from tests.faults.fleet import Database, Fleet
from tests.faults.traffic import cutting, traffic, until

pytestmark = [pytest.mark.live, pytest.mark.either_database]


async def test_everything_breaks_once_and_nothing_is_lost(database: Database) -> None:
    with Fleet(database, processes=2) as fleet:
        async with traffic(fleet, readers=9, authors=3) as goes_on:
            async with cutting(goes_on.followers[::2], every_seconds=2):
                fleet.relay.cut()
                await goes_on.goes_on(10)
                fleet.relay.mend()
                fleet.redis.pause()
                await goes_on.goes_on(10)
                fleet.redis.resume()
                victim = fleet.kill_one()
                await goes_on.goes_on(10)
                await until(lambda: len(set(fleet.processes()) - {victim}) == 2)
                await asyncio.to_thread(fleet.database.server.crash)
                await asyncio.to_thread(fleet.database.server.start)
                await goes_on.goes_on(10)
            await goes_on.settle()
