"""Who types, in Redis, for several processes and hosts: one HASH per room and kind, under the hash tag {room}."""

from collections.abc import Callable, Sequence

import msgspec

from realtime.processes.redis import NOW
from realtime.redis_link import RedisLink, Script
from realtime.typists.store import Typist, Typists

_FUNCTIONS = (
    NOW
    + """
local place = KEYS[1]

local function expire(now)
  local gone = false
  local entries = redis.call('HGETALL', place)
  for i = 1, #entries, 2 do
    if entries[i] ~= 'version' and cjson.decode(entries[i + 1]).ends <= now then
      redis.call('HDEL', place, entries[i])
      gone = true
    end
  end
  return gone
end

local function read(now)
  local people, version = {}, '0'
  local entries = redis.call('HGETALL', place)
  for i = 1, #entries, 2 do
    if entries[i] == 'version' then
      version = entries[i + 1]
    elseif cjson.decode(entries[i + 1]).ends > now then
      people[#people + 1] = entries[i + 1]
    end
  end
  return {version, people}
end

local function changed(now)
  local version = math.max(tonumber(redis.call('HGET', place, 'version') or 0) + 1, now)
  redis.call('HSET', place, 'version', string.format('%.0f', version))
  redis.call('PEXPIRE', place, 600000)
  return read(now)
end
"""
)

_PUT = Script(
    _FUNCTIONS
    + """
local user, typist, lasts, now = ARGV[1], cjson.decode(ARGV[2]), tonumber(ARGV[3]), now_ms(ARGV[4])
local gone = expire(now)
local raw = redis.call('HGET', place, user)
local before = raw and cjson.decode(raw)
typist.ends = now + lasts
redis.call('HSET', place, user, cjson.encode(typist))
local same = before and before.position == typist.position and before.connection_id == typist.connection_id
if same and not gone then return false end
return changed(now)
"""
)

_REMOVE = Script(
    _FUNCTIONS
    + """
local user, connection, now = ARGV[1], ARGV[2], now_ms(ARGV[3])
local raw = redis.call('HGET', place, user)
local found = raw and (connection == '' or cjson.decode(raw).connection_id == connection)
if found then redis.call('HDEL', place, user) end
local gone = expire(now)
if not found and not gone then return false end
return changed(now)
"""
)

_READ = Script(_FUNCTIONS + "return read(now_ms(ARGV[1]))")


class _Entry(msgspec.Struct):
    user_id: int
    username: str
    connection_id: str
    position: int | None = None
    display_name: str = ""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Entry, strict=False).decode


class RedisTypists:
    """One process's access; `prefix` names the installation, `now_ms` replaces Redis's own clock (tests)."""

    def __init__(self, link: RedisLink, prefix: str, *, now_ms: Callable[[], int] | None = None) -> None:
        self._link = link
        self._prefix = prefix
        self._now_ms = now_ms

    async def put(self, room: str, kind: str, typist: Typist, lasts_ms: int) -> Typists | None:
        entry: dict[str, str | int] = {
            "user_id": typist.user_id,
            "username": typist.username,
            "connection_id": typist.connection_id,
            "display_name": typist.display_name,
        }
        if typist.position is not None:
            entry["position"] = typist.position
        arguments = [typist.user_id, _encode(entry).decode(), lasts_ms, self._now()]
        [reply] = await self._link.run([_PUT.call([self._key(room, kind)], arguments)])
        return _typists(reply) if reply else None

    async def remove(self, room: str, kind: str, user_id: int, connection_id: str | None = None) -> Typists | None:
        arguments = [user_id, connection_id or "", self._now()]
        [reply] = await self._link.run([_REMOVE.call([self._key(room, kind)], arguments)])
        return _typists(reply) if reply else None

    async def read(self, room: str, kinds: Sequence[str]) -> list[Typists]:
        replies = await self._link.run([_READ.call([self._key(room, kind)], [self._now()]) for kind in kinds])
        return [_typists(reply) for reply in replies]

    def _key(self, room: str, kind: str) -> str:
        return f"{self._prefix}.typing.{{{room}}}:{kind}"

    def _now(self) -> str:
        return str(self._now_ms()) if self._now_ms else ""


def _typists(reply: tuple[str, list[str]]) -> Typists:
    version, people = reply
    entries = sorted((_decode(raw) for raw in people), key=lambda entry: entry.user_id)
    return Typists(
        tuple(
            Typist(entry.user_id, entry.username, entry.connection_id, entry.position, entry.display_name)
            for entry in entries
        ),
        int(version),
    )
