"""Presence in Redis, for several processes and hosts.

Per room, all under the hash tag {room}: `people` and `hidden` (HASH user id → names and holding processes), `guests`
(HASH process → number), `meta` (HASH version, revision) and `held:<process>` (SET of user ids, so that clearing away
after a dead process touches only its own people). Per process: the SET of rooms in which it holds anything.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from realtime.presence.store import (
    LIST_LIMIT,
    TURN_MS,
    Answer,
    Counts,
    Holding,
    Outcome,
    Present,
    Roster,
    State,
    Turns,
)
from realtime.processes.redis import NOW, generation_key
from realtime.redis_link import Command, RedisLink, Script

EVICT_AT_ONCE = 200
"""So many people of a dead process are removed in one script: Redis serves nobody else meanwhile."""

_FUNCTIONS = (
    NOW
    + """
local people, hidden, guests, meta = KEYS[1], KEYS[2], KEYS[3], KEYS[4]

local RANK = {here = 4, away = 3, cut = 2, ['cut away'] = 1, gone = 0}
local SHOWN = {cut = 'here', ['cut away'] = 'away'}

local function strongest(held)
  local best = 'gone'
  for _, state in pairs(held) do
    if RANK[state] > RANK[best] then best = state end
  end
  return best
end

local function connected(state) return state == 'here' or state == 'away' end

local function shown(state) return SHOWN[state] or state end

local function hold(key, process, user, name, display_name, state)
  local raw = redis.call('HGET', key, user)
  local person = raw and cjson.decode(raw) or {p = {}}
  local was = strongest(person.p)
  if not raw or connected(state) then person.n = name; person.d = display_name end
  if connected(state) then
    for other, how in pairs(person.p) do
      if not connected(how) then person.p[other] = nil end
    end
  elseif state ~= 'gone' then
    for other, how in pairs(person.p) do
      if other ~= process and connected(how) then state = 'gone' end
    end
  end
  if state == 'gone' then person.p[process] = nil else person.p[process] = state end
  if next(person.p) then
    redis.call('HSET', key, user, cjson.encode(person))
  elseif raw then
    redis.call('HDEL', key, user)
  end
  return was, strongest(person.p), person
end

local function hold_listed(process, user, name, display_name, state, listed)
  local before = redis.call('HLEN', hidden)
  local was, now, person
  if listed then
    was, now, person = hold(people, process, user, name, display_name, state)
    hold(hidden, process, user, name, display_name, 'gone')
  else
    hold(hidden, process, user, name, display_name, state)
    was, now, person = hold(people, process, user, name, display_name, 'gone')
  end
  return was, now, person, redis.call('HLEN', hidden) ~= before
end

local function guest_count()
  local sum = redis.call('HLEN', hidden)
  for _, number in ipairs(redis.call('HVALS', guests)) do sum = sum + number end
  return sum
end

-- A room's numbers start at the time, so they grow even when everything was lost in between.
local function counts(person_changed, guests_changed, given_now)
  local version, revision = unpack(redis.call('HMGET', meta, 'version', 'revision'))
  local missing = not version
  if missing then version = now_ms(given_now); revision = version end
  if person_changed then version = version + 1 end
  if person_changed or guests_changed then revision = revision + 1 end
  if missing or person_changed or guests_changed then
    redis.call('HSET', meta, 'version', string.format('%.0f', version), 'revision', string.format('%.0f', revision))
    redis.call('PEXPIRE', meta, 86400000)
  end
  return redis.call('HLEN', people), guest_count(), tonumber(version), tonumber(revision)
end
"""
)

_HOLD = Script(
    _FUNCTIONS
    + """
local held = KEYS[5]
local process, user, name, display_name, state, listed = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6] == '1'
redis.call(state == 'gone' and 'SREM' or 'SADD', held, user)
local was, now, person, guests_changed = hold_listed(process, user, name, display_name, state, listed)
return {was, now, person.n, person.d, counts(shown(was) ~= shown(now), guests_changed, ARGV[7])}
"""
)

_HOLD_GUESTS = Script(
    _FUNCTIONS
    + """
local process, number = ARGV[1], tonumber(ARGV[2])
local before = tonumber(redis.call('HGET', guests, process) or 0)
if number == 0 then redis.call('HDEL', guests, process) else redis.call('HSET', guests, process, number) end
return {counts(false, number ~= before, ARGV[3])}
"""
)

_COUNTS = """
local version, revision = unpack(redis.call('HMGET', meta, 'version', 'revision'))
local found = {redis.call('HLEN', people), guest_count(), tonumber(version or 0), tonumber(revision or 0)}
"""
_READ_COUNTS = Script(_FUNCTIONS + _COUNTS + "return found")

_READ_ROSTER = Script(
    _FUNCTIONS
    + _COUNTS
    + """
if found[1] > tonumber(ARGV[1]) then return {found, false} end
local list = {}
local entries = redis.call('HGETALL', people)
for i = 1, #entries, 2 do
  local person = cjson.decode(entries[i + 1])
  list[#list + 1] = {entries[i], person.n, person.d, shown(strongest(person.p)) == 'away' and 1 or 0}
end
return {found, list}
"""
)

_TAKE_TURN = Script(
    _FUNCTIONS
    + """
local user_count, guest_count, version, revision = counts(false, false, ARGV[2])
local now = now_ms(ARGV[2])
local said, said_at = unpack(redis.call('HMGET', meta, 'said', 'said_at'))
if said and tonumber(said) >= revision then return {'none'} end
if said_at and now - said_at < tonumber(ARGV[1]) then return {'later'} end
redis.call('HSET', meta, 'said', string.format('%.0f', revision), 'said_at', string.format('%.0f', now))
return {'now', user_count, guest_count, version, revision}
"""
)

_EVICT = Script(
    _FUNCTIONS
    + """
local held = KEYS[5]
local process = ARGV[1]
local outcomes = {}
for _, user in ipairs(redis.call('SPOP', held, ARGV[2])) do
  local listed = redis.call('HEXISTS', people, user) == 1
  local was, now, person, guests_changed = hold_listed(process, user, '', '', 'gone', listed)
  outcomes[#outcomes + 1] = {
    user, person.n, person.d, was, now, counts(shown(was) ~= shown(now), guests_changed, ARGV[3])
  }
end
local more = redis.call('EXISTS', held)
if more == 0 then
  counts(false, redis.call('HDEL', guests, process) == 1, ARGV[3])
end
return {more, outcomes}
"""
)


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
    ) -> Answer:
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
        return Answer(
            generation or "",
            [
                Outcome(
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
        listed, kept = await self._link.run([("HMGET", people, *asked), ("HMGET", hidden, *asked)])
        return _present(asked, listed), _present(asked, kept)

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

    async def evict(self, process_id: str) -> list[Outcome]:
        [rooms] = await self._link.run([("SMEMBERS", self._rooms_of(process_id))])
        outcomes = []
        for room in sorted(filter(None, rooms)):
            more = 1
            while more:
                [(more, evicted)] = await self._link.run(
                    [_EVICT.call(self._keys(room, process_id), [process_id, EVICT_AT_ONCE, self._now()])]
                )
                outcomes += [
                    Outcome(room, int(user), name, State(was), State(now), Counts(*map(int, counts)), display_name)
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


def _present(user_ids: Sequence[int], found: Sequence[str | None]) -> set[int]:
    return {user_id for user_id, person in zip(user_ids, found, strict=True) if person is not None}


def _roster(reply: Any) -> Roster:
    counts, listed = reply
    if listed is None:
        return Roster(Counts(*map(int, counts)), None)
    people = {int(user): Present(name, display_name, bool(away)) for user, name, display_name, away in listed}
    return Roster(Counts(*map(int, counts)), people)
