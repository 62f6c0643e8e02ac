"""The contract of the register of server processes."""

from dataclasses import dataclass
from typing import Protocol

LEASE_MS = 15_000
"""A process that has not renewed for this long counts as dead."""
BEAT_SECONDS = 5.0
"""How often a process renews."""
SETTLE_MS = 7_000
"""After the register was lost, how long until every living process has surely renewed: a beat and some."""


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
        """Lets the lease end in `keep_ms`: the process ends, what it holds stays that long."""
