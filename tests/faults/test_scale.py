"""The long profiles: many clients on bad lines, a deploy under a thousand of them, and a long absence."""

import asyncio
import resource
from collections.abc import Iterator, Sequence

import pytest

from realtime.testing.frames import Began, Observation, Received
from realtime.testing.history import History
from realtime.testing.records import RecordedConnection
from tests.faults.fleet import Database, Fleet
from tests.faults.followers import Follower
from tests.faults.traffic import DOORS, Outside, all_have_everything, cutting, new_hall, until

pytestmark = [pytest.mark.soak, pytest.mark.faults, pytest.mark.live, pytest.mark.either_database]

_MEBIBYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def many_files() -> Iterator[None]:
    """A thousand sockets are more than many systems allow at first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def tell(capsys: pytest.CaptureFixture[str], words: str) -> None:
    with capsys.disabled():
        print(f"\n{words}")


class Lines:
    """How far the room has come, and how long clients took to get there after each return."""

    def __init__(self) -> None:
        self.said = 0
        self.seconds: list[float] = []

    def percentile(self, percent: int) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


class Timed(Follower):
    """Measures for each return how long it takes from the first byte to where the room stood then."""

    lines: Lines
    _returned: RecordedConnection | None = None
    _goal = 0

    def _take(self, link: RecordedConnection, raw: str) -> tuple[Observation, ...]:
        if self._returned is not link:
            self._returned, self._goal = link, self.lines.said
        observed = super()._take(link, raw)
        places = [
            what.position for what in observed if isinstance(what, Began | Received) and what.position is not None
        ]
        if self._goal and any(place.seq >= self._goal for place in places):
            self._goal = 0
            self.lines.seconds.append(asyncio.get_running_loop().time() - self.connecting_since)
        return observed


async def stop_all(followers: Sequence[Follower]) -> None:
    await asyncio.gather(*[follower.stop() for follower in followers])


async def test_500_clients_on_lines_that_break_every_15_seconds_hear_everything_once(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with Fleet(database) as fleet:
        history, lines, room = History(), Lines(), f"hall:{new_hall()}"
        outside = await Outside.start(history, fleet)
        followers: list[Follower] = []
        for index in range(500):
            follower = Timed(
                history, f"reader {index}", fleet.port, [room], DOORS[index % 3 :] + DOORS[: index % 3], away=(1.5, 2.5)
            )
            follower.lines = lines
            followers.append(follower)
        try:
            await until(lambda: all(follower.connected for follower in followers))
            lines.seconds.clear()
            async with cutting(followers, every_seconds=15):
                for number in range(120):
                    await outside.do("say", room=room, text=f"{number}")
                    lines.said = number + 1
                    await asyncio.sleep(0.5)
            await all_have_everything(fleet, history, followers)
            await outside.stop()
        finally:
            await stop_all(followers)
    returns = sum(len(follower.recording.links) - 1 for follower in followers)
    assert returns > 1000
    tell(
        capsys,
        f"500 clients, 120 events at 2/s, {returns} returns: 100 % in order, once; caught up, from connecting on, "
        f"p50 {lines.percentile(50) * 1000:.0f} ms, p99 {lines.percentile(99) * 1000:.0f} ms.",
    )


async def deploy(fleet: Fleet, clients: int, rooms: Sequence[str]) -> tuple[int, float]:
    """Replaces every process under so many clients; returns how many transactions it cost, and how long it took."""
    history = History()
    outside = await Outside.start(history, fleet)
    followers = [
        Follower(history, f"reader {index}", fleet.port, rooms, [DOORS[index % 3]], away=(0.5, 3.0))
        for index in range(clients)
    ]
    try:
        await until(lambda: all(follower.connected for follower in followers))
        before, started = set(fleet.processes()), asyncio.get_running_loop().time()
        cost = await asyncio.to_thread(fleet.database.transactions)
        fleet.replace_all()
        number = 0
        while before & set(fleet.processes()) or not all(follower.connected for follower in followers):
            number += 1
            await outside.do("say", room=rooms[number % len(rooms)], text=f"{number}")
            await asyncio.sleep(0.2)
        await asyncio.sleep(1.5)  # what backends count is shown a second later
        cost = await asyncio.to_thread(fleet.database.transactions) - cost
        took = asyncio.get_running_loop().time() - started
        await all_have_everything(fleet, history, followers)
        await outside.stop()
    finally:
        await stop_all(followers)
    return cost, took


async def test_a_deploy_under_1000_clients_loses_nothing_and_costs_by_rooms(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rooms of which the policy asks the database; each client receives all of them."""
    with Fleet(database) as fleet:
        vaults = [new_hall() for _ in range(20)]
        history = History()
        keys = await Outside.start(history, fleet)
        for vault in vaults:
            await keys.do("let-in", vault=vault, user=None)
        await keys.stop()
        rooms = [f"vault:{vault}" for vault in vaults]
        few, _ = await deploy(fleet, 100, rooms)
        many, seconds = await deploy(fleet, 1000, rooms)
    tell(
        capsys,
        f"3 processes replaced under 1,000 clients in 20 rooms in {seconds:.0f} s: all back, nothing lost; "
        f"{many} transactions ({few} under 100 clients).",
    )
    assert many - few < 900 / 4, f"{many} transactions for 1,000 clients, {few} for 100"


async def test_10_000_missed_events_come_in_order_with_flat_memory(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with Fleet(database, processes=1) as fleet:
        history, room = History(), f"hall:{new_hall()}"
        outside = await Outside.start(history, fleet)
        warm = Follower(history, "who warms up", fleet.port, [f"hall:{new_hall()}"], DOORS)
        await until(lambda: warm.connected)
        for _ in range(20):
            await outside.do("say-many", room=room, count=500)
        pid = fleet.server.process.pid
        before = peak_memory(pid, anew=True)
        followers = [
            Follower(history, f"reader {index}", fleet.port, [room], [DOORS[index % 3]]) for index in range(30)
        ]
        try:
            await all_have_everything(fleet, history, followers)
            grown = peak_memory(pid) - before
            await outside.stop()
        finally:
            await stop_all([warm, *followers])
    tell(capsys, f"30 clients resumed over 10,000 events; the server grew by {grown / _MEBIBYTE:.1f} MiB at most.")
    # 10,000 events are about 2 MiB on the wire: queued for each client they would be 60.
    assert grown < 24 * _MEBIBYTE


def peak_memory(pid: int, *, anew: bool = False) -> int:
    """Returns the most memory that a process has had, in bytes; since now with `anew`."""
    if anew:
        with open(f"/proc/{pid}/clear_refs", "w") as file:
            file.write("5")
    with open(f"/proc/{pid}/status") as status:
        [line] = [line for line in status if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024
