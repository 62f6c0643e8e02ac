"""The contract of the register of server processes."""

from dataclasses import dataclass
from typing import Protocol

LEASE_SECONDS = 15.0
"""A process that has not renewed for this long counts as dead."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long a lease lasts; a process renews three times meanwhile.

    After the register was lost every living process has surely renewed within `settle_ms`, a beat and some.
    """

    lease_ms: int = round(LEASE_SECONDS * 1000)

    @property
    def beat_seconds(self) -> float:
        return self.lease_ms / 3000

    @property
    def settle_ms(self) -> int:
        return self.lease_ms // 2


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a process learns when it renews.

    Not `kept`: its lease had ended or the register was lost, so what it holds must be registered again.
    `generation` names the register's life; another one means that everything in it was lost in between.
    Not `settled`: others may not have registered again yet, so totals are not to be believed.
    """

    kept: bool
    generation: str
    settled: bool


class ProcessRegister(Protocol):
    """Leases of server processes. Every method raises Unavailable when the register does not answer."""

    process_id: str

    async def renew(self) -> Renewal:
        """Takes or prolongs this process's lease."""

    async def claim_dead(self) -> list[str]:
        """Returns dead processes that nobody else is clearing away, and claims them for one lease."""

    async def bury(self, process_id: str) -> None:
        """Forgets a dead process for good, once everything that it held is gone."""

    async def retire(self, keep_ms: int) -> None:
        """Lets the lease end in `keep_ms`: the process ends, what it holds is kept that long."""
