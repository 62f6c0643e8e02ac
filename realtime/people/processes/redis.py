"""The register in Redis, for several processes and hosts. Times are those of Redis's own clock."""

import secrets
from collections.abc import Callable

from realtime.people.processes.register import Renewal, Times
from realtime.people.redis_link import RedisLink, Script

_RENEW = Script.read("now", "processes_renew")

_CLAIM_DEAD = Script.read("now", "processes_claim_dead")

_RETIRE = Script.read("now", "processes_retire")


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
