"""Real processes, real databases, and what happens to them in real life: nothing is lost, doubled or disordered."""

import asyncio
import json
from urllib.request import urlopen

import pytest

from realtime.testing.history import History
from tests.faults.fleet import Fleet
from tests.faults.followers import Follower
from tests.faults.traffic import DOORS, Outside, Traffic, all_have_everything, cutting, traffic, until

pytestmark = [pytest.mark.faults, pytest.mark.live, pytest.mark.either_database]


def layer_of(fleet: Fleet) -> str:
    """Returns what one of the processes says of the channel layer."""
    with urlopen(f"http://127.0.0.1:{fleet.port}/readyz", timeout=10) as response:
        assert response.status == 200
        layer: str = json.load(response)["layer"]
        return layer


async def all_say(fleet: Fleet, layer: str) -> None:
    """Waits until ten answers in a row, of whatever process that has sockets, say so of the layer."""
    async with asyncio.timeout(60):
        agreed = 0
        while agreed < 10:
            found = await asyncio.to_thread(layer_of, fleet)
            if found != "idle":
                agreed = agreed + 1 if found == layer else 0
            await asyncio.sleep(0.02)


async def begin_anew(goes_on: Traffic) -> None:
    """Cuts half of the readers at once, and waits until they are back."""
    for follower in goes_on.followers[::2]:
        follower.cut()
    await asyncio.sleep(0)
    await goes_on.all_connected()


async def test_a_server_process_is_killed(fleet: Fleet) -> None:
    async with traffic(fleet) as goes_on:
        for _ in range(2):
            count, victim = len(fleet.processes()), fleet.kill_one()
            await goes_on.goes_on()
            await until(lambda victim=victim, count=count: len(set(fleet.processes()) - {victim}) == count)
        await goes_on.settle()


async def test_redis_is_restarted_empty(fleet: Fleet) -> None:
    async with traffic(fleet) as goes_on:
        fleet.redis.stop()
        try:
            await goes_on.goes_on()
            await all_say(fleet, "down")
            await begin_anew(goes_on)
        finally:
            fleet.redis.start()
        await all_say(fleet, "ok")
        await goes_on.goes_on()
        await goes_on.settle()


async def test_redis_hangs_and_neither_commands_nor_joins_wait_for_it(fleet: Fleet) -> None:
    async with traffic(fleet) as goes_on:
        fleet.redis.pause()
        try:
            await goes_on.goes_on()
            await begin_anew(goes_on)
            await goes_on.goes_on()
        finally:
            fleet.redis.resume()
        await goes_on.goes_on()
        await goes_on.settle()


async def test_the_way_to_redis_is_cut(fleet: Fleet) -> None:
    async with traffic(fleet) as goes_on:
        for _ in range(3):
            fleet.relay.cut()
            await goes_on.goes_on(10)
            fleet.relay.mend()
            await goes_on.goes_on(10)
        await goes_on.settle()


async def test_postgresql_crashes_and_comes_back(fleet: Fleet) -> None:
    async with traffic(fleet) as goes_on:
        await asyncio.to_thread(fleet.database.server.crash)
        try:
            await begin_to_reconnect(goes_on)
        finally:
            await asyncio.to_thread(fleet.database.server.start)
        await goes_on.goes_on()
        await goes_on.settle()


async def begin_to_reconnect(goes_on: Traffic) -> None:
    """Cuts half of the readers while nobody can let them in."""
    for follower in goes_on.followers[::2]:
        follower.cut()
    await asyncio.sleep(1)


async def test_connections_are_cut_every_few_seconds(fleet: Fleet) -> None:
    async with traffic(fleet, readers=24) as goes_on:
        async with cutting(goes_on.followers, every_seconds=2):
            await goes_on.goes_on(100)
            await until(lambda: all(len(follower.recording.links) > 1 for follower in goes_on.followers))
        await goes_on.settle()


async def test_every_process_is_replaced_while_all_goes_on(fleet: Fleet) -> None:
    async with traffic(fleet) as goes_on:
        before = set(fleet.processes())
        fleet.replace_all()
        await until(lambda: len(fleet.processes()) == len(before) and not before & set(fleet.processes()))
        await goes_on.goes_on()
        await goes_on.settle()


async def test_leave_that_ends_while_redis_is_away_ends_everywhere(fleet: Fleet) -> None:
    """What is replayed is authorised too: who comes back for the rest is refused, at every door."""
    history = History()
    outside = await Outside.start(history, fleet)
    guest, member = 8001, 8002
    for user in (guest, member):
        await outside.do("let-in", vault=1, user=user)
    followers = [
        Follower(history, f"user {user} {number}", fleet.port, ["vault:1"], [door], user=user)
        for user in (guest, member)
        for number, door in enumerate(DOORS * 2)
    ]
    try:
        await until(lambda: all(follower.connected for follower in followers))
        await outside.do("say", room="vault:1", text="for both")
        fleet.relay.cut()
        await outside.do("revoke", vault=1, user=guest)
        guests, members = followers[:6], followers[6:]
        await until(lambda: not any("vault:1" in follower.recording.places for follower in guests))
        log = await asyncio.to_thread(fleet.database.log)
        history.forbid(guest, "vault:1", after=log.ends["vault:1"].seq)
        for number in range(5):
            await outside.do("say", room="vault:1", text=f"for members {number}")
        for follower in guests:
            follower.ask_again("vault:1")
        await until(lambda: all(follower.turned_away for follower in guests))
        fleet.relay.mend()
        await outside.do("say", room="vault:1", text="for members, with Redis again")
        await all_have_everything(fleet, history, members)
        await outside.stop()
    finally:
        fleet.relay.mend()
        await asyncio.gather(*[follower.stop() for follower in followers])
