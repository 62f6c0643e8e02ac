"""Every mechanism is needed: with all of them each scenario keeps its promises, without one a promise is broken.

And the history checker is no check that cannot fail.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import psycopg
import pytest

from realtime.testing.client import JsonClient
from realtime.testing.history import History
from realtime.testing.writing import Writing
from tests.faults.fleet import Database, Fleet
from tests.faults.followers import Follower
from tests.faults.traffic import Outside, new_hall, until
from tests.faults.writers import OwnWriter, kept

pytestmark = [pytest.mark.faults, pytest.mark.live, pytest.mark.either_database]

# Several sweeps: what has not come by then comes never.
_NEVER_SECONDS = 4.0


class Stage:
    """One server process, one hall, a vault of the same number, and a writer outside."""

    def __init__(self, fleet: Fleet, history: History, outside: Outside) -> None:
        self.fleet = fleet
        self.history = history
        self.number = new_hall()
        self.hall = f"hall:{self.number}"
        self.vault = f"vault:{self.number}"
        self.outside = outside
        self.writing = Writing()
        self._followers: list[Follower] = []

    async def follow(self, room: str, user: int | None = None) -> Follower:
        """Returns a reader that has been let in."""
        follower = Follower(self.history, "reader", self.fleet.port, [room], user=user)
        self._followers.append(follower)
        await until(lambda: follower.connected)
        return follower

    async def say(self, room: str, *texts: str) -> None:
        """Another process says something there."""
        for text in texts:
            await self.outside.do("say", room=room, text=text)

    async def say_unheard(self, room: str, text: str) -> None:
        """Another process says something there, and its hint is lost."""
        await self.outside.do("say-unheard", room=room, text=text)

    async def heard(self, follower: Follower, room: str, seq: int) -> None:
        """Waits until the reader has come so far, or never will."""
        with contextlib.suppress(TimeoutError):
            await until(lambda: room in follower.recording.places and follower.recording.places[room].seq >= seq, 10)

    async def judge(self, *, patience: float) -> None:
        """Raises AssertionError with the first broken promise."""
        log = await asyncio.to_thread(self.fleet.database.log)
        with contextlib.suppress(TimeoutError):
            await until(lambda: not self.history.behind(log), patience)
        self.history.check(log)
        if self.writing.writers:
            self.writing.check(await asyncio.to_thread(kept, self.fleet.database.url, self.number))

    async def close(self) -> None:
        await asyncio.gather(*[follower.stop() for follower in self._followers])
        await self.outside.stop()


async def a_hint_is_lost_and_another_comes(stage: Stage) -> None:
    follower = await stage.follow(stage.hall)
    await stage.say(stage.hall, "first")
    await stage.heard(follower, stage.hall, 1)
    # More than once: a sweep may come in between.
    for number in range(5):
        await stage.say_unheard(stage.hall, f"unheard {number}")
        await stage.say(stage.hall, f"heard {number}")


async def the_last_hint_is_lost(stage: Stage) -> None:
    await stage.follow(stage.hall)
    await stage.say_unheard(stage.hall, "the last")


async def a_backup_is_restored(stage: Stage) -> None:
    follower = await stage.follow(stage.hall)
    await stage.say(stage.hall, "1", "2", "3", "4")
    await stage.heard(follower, stage.hall, 4)
    with psycopg.connect(stage.fleet.database.url) as connection:
        connection.execute("DELETE FROM realtime_event WHERE room = %s AND seq > 2", [stage.hall])
        connection.execute("UPDATE realtime_roomhead SET seq = 2, epoch = 'restored' WHERE room = %s", [stage.hall])
    await stage.say(stage.hall, "another 3", "another 4", "another 5")


async def a_client_was_away(stage: Stage) -> None:
    follower = await stage.follow(stage.hall)
    await stage.say(stage.hall, "1")
    await stage.heard(follower, stage.hall, 1)
    before = len(follower.recording.links)
    follower.pause()
    await stage.say(stage.hall, "2", "3")
    follower.go_on()
    await until(lambda: follower.connected and len(follower.recording.links) > before)
    await stage.say(stage.hall, "4")


async def a_request_is_repeated(stage: Stage) -> None:
    async with await JsonClient.over_socket(f"ws://127.0.0.1:{stage.fleet.port}/ws/halls/", token="7") as client:
        request = f"repeated in {stage.number}"
        for _ in range(2):
            stage.history.asked("user:7", request, mark=request)
            before = len(client.frames)
            await client.send(
                {"requestId": request, "type": "hall:say", "payload": {"hallId": stage.number, "text": request}}
            )
            await client.wait(lambda frame: frame.get("requestId") == request)
            [answer] = [frame for frame in client.frames[before:] if frame.get("requestId") == request]
            stage.history.answered("user:7", request, {**answer, "requestId": None})


async def leave_ends(stage: Stage) -> None:
    await stage.outside.do("let-in", vault=stage.number, user=7)
    follower = await stage.follow(stage.vault, user=7)
    await stage.say(stage.vault, "not secret yet")
    await stage.heard(follower, stage.vault, 1)
    await stage.outside.do("revoke", vault=stage.number, user=7)
    stage.history.forbid(7, stage.vault, after=1)
    with contextlib.suppress(TimeoutError):
        await until(lambda: stage.vault not in follower.recording.places, _NEVER_SECONDS)
    await stage.say(stage.vault, "secret")


async def a_process_dies_behind_an_answer(stage: Stage) -> None:
    writer = OwnWriter(stage.writing, 7, stage.fleet.port, stage.number, pause=3600)
    await until(lambda: writer.progress > 0)
    await asyncio.to_thread(stage.fleet.server.kill)
    await writer.leave()


Scenario = Callable[[Stage], Awaitable[None]]

NEEDED: list[tuple[str, Scenario, str]] = [
    ("gap_read", a_hint_is_lost_and_another_comes, "P3 live"),
    ("sweep", the_last_hint_is_lost, "P3 live"),
    ("order", a_hint_is_lost_and_another_comes, "P2 ordered"),
    ("epoch_check", a_backup_is_restored, "P4 resumable"),
    ("catching_up", a_client_was_away, "P4 resumable"),
    ("request_ids", a_request_is_repeated, "P7 once"),
    ("policies", leave_ends, "P5 private"),
    ("commit_before_answer", a_process_dies_behind_an_answer, "S1 saved"),  # the last: its server is no more
]
SCENARIOS: Sequence[Scenario] = list(dict.fromkeys(scenario for _, scenario, _ in NEEDED))


@asynccontextmanager
async def stage_on(fleet: Fleet) -> AsyncIterator[Stage]:
    history = History()
    stage = Stage(fleet, history, await Outside.start(history, fleet))
    try:
        yield stage
    finally:
        await stage.close()


async def test_with_every_mechanism_in_place_no_promise_is_broken(database: Database) -> None:
    with Fleet(database, processes=1) as fleet:
        for scenario in SCENARIOS:
            async with stage_on(fleet) as stage:
                await scenario(stage)
                await stage.judge(patience=30)


@pytest.mark.parametrize(("mechanism", "scenario", "broken"), NEEDED, ids=[mechanism for mechanism, *_ in NEEDED])
async def test_without_a_mechanism_its_promise_is_broken(
    database: Database, mechanism: str, scenario: Scenario, broken: str
) -> None:
    with Fleet(database, processes=1, ABLATE=mechanism) as fleet:
        async with stage_on(fleet) as stage:
            await scenario(stage)
            with pytest.raises(AssertionError, match=f"^{broken}"):
                await stage.judge(patience=_NEVER_SECONDS)
