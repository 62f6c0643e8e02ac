"""The register in Redis, for several processes and hosts. Times are those of Redis's own clock."""

import secrets
from collections.abc import Callable

from realtime.processes.register import Renewal, Times
from realtime.redis_link import RedisLink, Script

NOW = """
local function now_ms(given)
  if given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
"""
"""Lua: Redis's time in ms, unless the caller gives one (tests do)."""

# leases: ZSET process -> end. generation: HASH id, settled_at.
# A generation that is missing begins anew; where a process says that it has seen another one, that was a loss,
# and totals count only once everybody had the time to register again.
_RENEW = Script(
    NOW
    + """
local leases, generation = KEYS[1], KEYS[2]
local process, lease_ms, settle_ms, known, fresh = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local now = now_ms(ARGV[6])
local id = redis.call('HGET', generation, 'id')
if not id then
  id = fresh
  redis.call('HSET', generation, 'id', id, 'settled_at', 0)
end
if known ~= '' and known ~= id and redis.call('HSETNX', generation, 'lost', 1) == 1 then
  redis.call('HSET', generation, 'settled_at', now + settle_ms)
end
local ends = redis.call('ZSCORE', leases, process)
local kept = ends and tonumber(ends) > now
redis.call('ZADD', leases, now + lease_ms, process)
return {kept and 1 or 0, id, now >= tonumber(redis.call('HGET', generation, 'settled_at')) and 1 or 0}
"""
)

# claims: HASH process -> end. Only dead ones that nobody is clearing away are handed out.
_CLAIM_DEAD = Script(
    NOW
    + """
local now = now_ms(ARGV[2])
local dead = {}
for _, process in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
  local ends = redis.call('HGET', KEYS[2], process)
  if not ends or tonumber(ends) <= now then
    redis.call('HSET', KEYS[2], process, now + ARGV[1])
    dead[#dead + 1] = process
  end
end
return dead
"""
)

_RETIRE = Script(NOW + "redis.call('ZADD', KEYS[1], now_ms(ARGV[3]) + ARGV[2], ARGV[1])")


def generation_key(prefix: str) -> str:
    """Returns the key whose field `id` names the present life of what is kept in Redis."""
    return f"{prefix}.{{processes}}:generation"


class RedisRegister:
    """One process's view of the register; `prefix` names the installation."""

    def __init__(
        self,
        link: RedisLink,
        prefix: str,
        process_id: str,
        *,
        times: Times | None = None,
        now_ms: Callable[[], int] | None = None,
    ) -> None:
        self.process_id = process_id
        self._times = times or Times()
        self._link = link
        self._now_ms = now_ms
        self._generation = ""
        self._leases, self._claims = f"{prefix}.{{processes}}:leases", f"{prefix}.{{processes}}:claims"
        self._generation_key = generation_key(prefix)

    async def renew(self) -> Renewal:
        [(kept, generation, settled)] = await self._link.run(
            [
                _RENEW.call(
                    [self._leases, self._generation_key],
                    [
                        self.process_id,
                        self._times.lease_ms,
                        self._times.settle_ms,
                        self._generation,
                        secrets.token_hex(8),
                        self._now(),
                    ],
                )
            ]
        )
        self._generation = generation
        return Renewal(bool(kept), generation, bool(settled))

    async def claim_dead(self) -> list[str]:
        [dead] = await self._link.run(
            [_CLAIM_DEAD.call([self._leases, self._claims], [self._times.lease_ms, self._now()])]
        )
        return list(dead)

    async def bury(self, process_id: str) -> None:
        await self._link.run([("ZREM", self._leases, process_id), ("HDEL", self._claims, process_id)])

    async def retire(self, keep_ms: int) -> None:
        await self._link.run([_RETIRE.call([self._leases], [self.process_id, keep_ms, self._now()])])

    def _now(self) -> str:
        return str(self._now_ms()) if self._now_ms else ""
