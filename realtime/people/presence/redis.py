"""Presence in Redis, for several processes and hosts.

Per room, all under the hash tag {room}: `people` and `hidden` (HASH user id → names and holding processes), `guests`
(HASH process → number), `meta` (HASH version, revision) and `held:<process>` (SET of user ids, so that clearing away
after a dead process touches only its own people). Per process: the SET of rooms in which it holds anything.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from realtime.log.batches import in_batches
from realtime.people.presence.store import (
    LIST_LIMIT,
    TURN_MS,
    Counts,
    Exchanged,
    Holding,
    PresenceChange,
    Present,
    Roster,
    State,
    Turns,
)
from realtime.people.processes.redis import generation_key
from realtime.people.redis_link import Command, RedisLink, Script

EVICT_AT_ONCE = 200
"""So many people of a dead process are removed in one script: Redis serves nobody else meanwhile."""


_ASKED_AT_ONCE = 1_000
"""People in one command, for the same reason."""


_HOLD = Script.read("now", "presence_functions", "presence_hold")

_HOLD_GUESTS = Script.read("now", "presence_functions", "presence_hold_guests")

_READ_COUNTS = Script.read("now", "presence_functions", "presence_counts", "presence_read_counts")

_READ_ROSTER = Script.read("now", "presence_functions", "presence_counts", "presence_read_roster")

_TAKE_TURN = Script.read("now", "presence_functions", "presence_take_turn")

_EVICT = Script.read("now", "presence_functions", "presence_evict")


class RedisPresence:
    """One process's access; `prefix` names the installation, `now_ms` replaces Redis's own clock (tests)."""

    def __init__(
        self, link: RedisLink, prefix: str, process_id: str, *, now_ms: Callable[[], int] | None = None
    ) -> None:
        self._link = link
        self._prefix = prefix
        self._process_id = process_id
        self._now_ms = now_ms

    async def exchange(
        self,
        holdings: Sequence[Holding],
        *,
        guests: Mapping[str, int] | None = None,
        rosters: Sequence[str] = (),
        emptied: Sequence[str] = (),
    ) -> Exchanged:
        guests = guests or {}
        commands: list[Command] = [self._read_generation()]
        commands += [self._hold(holding) for holding in holdings]
        commands += [
            _HOLD_GUESTS.call(self._keys(room), [self._process_id, number, self._now()])
            for room, number in guests.items()
        ]
        commands += [_READ_ROSTER.call(self._keys(room), [LIST_LIMIT]) for room in rosters]
        if emptied:
            commands.append(("SREM", self._rooms_of(self._process_id), *emptied))
        touched = sorted({holding.room for holding in holdings} | set(guests))
        if touched:
            # First of all: a process that dies in between leaves a room too many on its list, never one too few.
            commands.insert(0, ("SADD", self._rooms_of(self._process_id), *touched))
        generation, *replies = (await self._link.run(commands))[bool(touched) :]
        held, rest = replies[: len(holdings)], replies[len(holdings) :]
        return Exchanged(
            generation or "",
            [
                PresenceChange(
                    holding.room,
                    holding.user_id,
                    name,
                    State(was),
                    State(now),
                    Counts(*map(int, counts)),
                    display_name,
                )
                for holding, (was, now, name, display_name, *counts) in zip(holdings, held, strict=True)
            ],
            {room: Counts(*map(int, counts)) for room, counts in zip(guests, rest, strict=False)},
            {room: _roster(reply) for room, reply in zip(rosters, rest[len(guests) :], strict=False)},
        )

    async def among(self, room: str, user_ids: Collection[int]) -> tuple[set[int], set[int]]:
        asked = list(user_ids)
        if not asked:
            return set(), set()
        people, hidden, *_ = self._keys(room)
        parts = list(in_batches(asked, _ASKED_AT_ONCE))
        replies = await self._link.run([("HMGET", key, *part) for part in parts for key in (people, hidden)])
        listed, kept = replies[::2], replies[1::2]
        return _present(asked, chain.from_iterable(listed)), _present(asked, chain.from_iterable(kept))

    async def counts(self, rooms: Sequence[str]) -> tuple[str, list[Counts]]:
        generation, *replies = await self._link.run(
            [self._read_generation(), *(_READ_COUNTS.call(self._keys(room), []) for room in rooms)]
        )
        return generation or "", [Counts(*map(int, reply)) for reply in replies]

    async def take_turns(self, rooms: Sequence[str]) -> Turns:
        arguments = [TURN_MS, self._now()]
        generation, *replies = await self._link.run(
            [self._read_generation(), *(_TAKE_TURN.call(self._keys(room), arguments) for room in rooms)]
        )
        turns = dict(zip(rooms, replies, strict=True))
        return Turns(
            generation or "",
            {room: Counts(*map(int, counts)) for room, (turn, *counts) in turns.items() if turn == "now"},
            [room for room, (turn, *_) in turns.items() if turn == "later"],
        )

    async def evict(self, process_id: str) -> list[PresenceChange]:
        [rooms] = await self._link.run([("SMEMBERS", self._rooms_of(process_id))])
        outcomes = []
        for room in sorted(filter(None, rooms)):
            more = 1
            while more:
                [(more, evicted)] = await self._link.run(
                    [_EVICT.call(self._keys(room, process_id), [process_id, EVICT_AT_ONCE, self._now()])]
                )
                outcomes += [
                    PresenceChange(
                        room, int(user), name, State(was), State(now), Counts(*map(int, counts)), display_name
                    )
                    for user, name, display_name, was, now, *counts in evicted
                    if was != now
                ]
        await self._link.run([("DEL", self._rooms_of(process_id))])
        return outcomes

    def _read_generation(self) -> Command:
        return ("HGET", generation_key(self._prefix), "id")

    def _hold(self, holding: Holding) -> Command:
        return _HOLD.call(
            self._keys(holding.room, self._process_id),
            [
                self._process_id,
                holding.user_id,
                holding.username,
                holding.display_name,
                holding.state.value,
                int(holding.listed),
                self._now(),
            ],
        )

    def _keys(self, room: str, process_id: str = "") -> list[str]:
        base = f"{self._prefix}.presence.{{{room}}}"
        keys = [f"{base}:people", f"{base}:hidden", f"{base}:guests", f"{base}:meta"]
        return [*keys, f"{base}:held:{process_id}"] if process_id else keys

    def _rooms_of(self, process_id: str) -> str:
        return f"{self._prefix}.presence.rooms:{process_id}"

    def _now(self) -> str:
        return str(self._now_ms()) if self._now_ms else ""


def _present(user_ids: Sequence[int], found: Iterable[str | None]) -> set[int]:
    return {user_id for user_id, person in zip(user_ids, found, strict=True) if person is not None}


def _roster(reply: Any) -> Roster:
    counts, listed = reply
    if listed is None:
        return Roster(Counts(*map(int, counts)), None)
    people = {int(user): Present(name, display_name, bool(away)) for user, name, display_name, away in listed}
    return Roster(Counts(*map(int, counts)), people)
