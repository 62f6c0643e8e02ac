"""The register in memory: the reference, and what the embedded mode runs on."""

from dataclasses import dataclass, field

from realtime.clock import Clock
from realtime.people.processes.register import Renewal, Times


@dataclass
class MemoryProcesses:
    """The register's content; several `MemoryRegister`s on one act as several processes."""

    lives: int = 0
    lost: bool = False
    settled_at_ms: int = 0
    leases: dict[str, int] = field(default_factory=dict)
    claims: dict[str, int] = field(default_factory=dict)

    def wipe(self) -> None:
        """Loses everything, as a restart of Redis does."""
        self.lives += 1
        self.lost = False
        self.settled_at_ms = 0
        self.leases.clear()
        self.claims.clear()


class MemoryRegister:
    """One process's view of the register."""

    def __init__(
        self, processes: MemoryProcesses, process_id: str, clock: Clock, *, times: Times | None = None
    ) -> None:
        self.process_id = process_id
        self._times = times or Times()
        self._processes = processes
        self._clock = clock
        self._generation: str | None = None

    async def renew(self) -> Renewal:
        now, processes = self._clock.now_ms(), self._processes
        generation = str(processes.lives)
        if self._generation is not None and self._generation != generation and not processes.lost:
            processes.lost = True
            processes.settled_at_ms = now + self._times.settle_ms
        self._generation = generation
        kept = processes.leases.get(self.process_id, 0) > now
        processes.leases[self.process_id] = now + self._times.lease_ms
        return Renewal(kept, generation, now >= processes.settled_at_ms)

    async def claim_dead(self) -> list[str]:
        now, processes = self._clock.now_ms(), self._processes
        dead = [
            process_id
            for process_id, ends in processes.leases.items()
            if ends <= now and processes.claims.get(process_id, 0) <= now
        ]
        processes.claims.update(dict.fromkeys(dead, now + self._times.lease_ms))
        return dead

    async def bury(self, process_id: str) -> None:
        self._processes.leases.pop(process_id, None)
        self._processes.claims.pop(process_id, None)

    async def retire(self, keep_ms: int) -> None:
        self._processes.leases[self.process_id] = self._clock.now_ms() + keep_ms
