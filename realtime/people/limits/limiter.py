"""Says no in time: points per connection, person and address, and seats for connections."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from realtime.clock import Clock
from realtime.errors import RateLimited, Unavailable
from realtime.identity import Identity, client_counted_as
from realtime.people.limits.bucket import Bucket, Rate
from realtime.people.limits.memory import MemoryPoints
from realtime.people.limits.store import PointStore, SeatStore
from realtime.people.processes.keeper import Holder

PREFETCH_SECONDS = 0.25
"""A connection takes shared points for so long ahead, so that not every command asks the store."""
_SEAT_RETRY_MS = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one may do; see docs/settings.md. Seats are numbers of connections."""

    connection: Rate
    user: Rate
    address: Rate
    refusals: Rate
    seats_per_user: int
    seats_per_address: int


class Limiter(Holder):
    """The limits of one process; belongs to its event loop.

    What is counted over processes is counted in this one alone while the store is away. Which addresses have none,
    and which count as one, says `realtime.identity.client_counted_as`.
    """

    def __init__(self, limits: Limits, points: PointStore, seats: SeatStore, clock: Clock) -> None:
        self.limits = limits
        self._points = points
        self._own_points = MemoryPoints(clock)
        self._seats = seats
        self._clock = clock
        self._taken: Counter[str] = Counter()
        # Keys of which the store may have another number, because it did not answer.
        self._unsure: set[str] = set()

    # Points

    def connection(self, address: str) -> "ConnectionLimits":
        """Returns the limits of a new connection from `address`."""
        return ConnectionLimits(self, address, self._clock)

    async def take(self, key: str, rate: Rate, wanted: float, at_least: float) -> tuple[float, int]:
        """Takes points over all processes, see `PointStore.take`; of this process's own count if need be."""
        try:
            return await self._points.take(key, rate, wanted, at_least)
        except Unavailable:
            return await self._own_points.take(key, rate, wanted, at_least)

    # Seats

    def lacking(self, identity: Identity, address: str, held: Collection[str] = ()) -> dict[str, int]:
        """Returns the seats that a connection wants beside those it holds, each with the number that there are."""
        wanted: dict[str, int] = {}
        if counted := client_counted_as(address):
            wanted[f"address:{counted}"] = self.limits.seats_per_address
        if identity.user_id is not None:
            wanted[f"user:{identity.user_id}"] = self.limits.seats_per_user
        return {key: limit for key, limit in wanted.items() if key not in held}

    async def seat(self, identity: Identity, address: str, held: Collection[str] = ()) -> list[str]:
        """Takes what a connection lacks and returns it for `release`. Raises RateLimited, and takes nothing."""
        taken: list[str] = []
        for key, limit in self.lacking(identity, address, held).items():
            if not await self._take_seat(key, limit):
                await self.release(taken)
                raise RateLimited("There are too many open connections.", retry_after_ms=_SEAT_RETRY_MS)
            taken.append(key)
        return taken

    async def release(self, seats: list[str]) -> None:
        """Gives seats back."""
        for key in seats:
            self._taken[key] -= 1
            if not self._taken[key]:
                del self._taken[key]
            try:
                await self._seats.give_back(key)
                await self._make_sure()
            except Unavailable:
                self._unsure.add(key)

    async def register_again(self) -> None:
        await self._seats.put_back(dict(self._taken))
        self._unsure.clear()

    async def close(self, process_id: str) -> None:
        """Frees every seat of this process, which ends: its clients are on their way to others."""
        try:
            await self._seats.evict(process_id)
        except Unavailable:
            return  # they end with the lease

    async def clear_away(self, process_id: str) -> None:
        await self._seats.evict(process_id)

    async def _make_sure(self) -> None:
        if self._unsure:
            await self._seats.put_back({key: self._taken[key] for key in self._unsure})
            self._unsure.clear()

    async def _take_seat(self, key: str, limit: int) -> bool:
        try:
            await self._make_sure()
            free = await self._seats.take(key, limit)
        except Unavailable:
            free = self._taken[key] < limit
            self._unsure.add(key)
        if free:
            self._taken[key] += 1
        return free


class ConnectionLimits:
    """The points of one connection, and what it has taken ahead of its person's or address's."""

    __slots__ = (
        "_address",
        "_ahead",
        "_ahead_until_ms",
        "_bucket",
        "_clock",
        "_key",
        "_limiter",
        "_refusals",
        "abusive",
    )

    def __init__(self, limiter: Limiter, address: str, clock: Clock) -> None:
        now = clock.now_ms()
        self.abusive = False
        self._limiter = limiter
        self._clock = clock
        self._address = client_counted_as(address)
        self._bucket = Bucket(limiter.limits.connection, now)
        self._refusals: Bucket | None = None  # of somebody who was refused once
        self._key = ""
        self._ahead = 0.0
        self._ahead_until_ms = 0

    def attempt(self) -> None:
        """Counts one try of somebody who is not known yet, against the connection alone. Raises as `charge` does."""
        _, wait_ms = self._bucket.take(1, self._clock.now_ms())
        if wait_ms:
            self._refuse(wait_ms)

    async def before_looking_up(self) -> None:
        """Refuses to look up a credential for an address that has spent its points. Raises as `charge` does.

        Nothing is taken: who is let in pays as a person, and many people behind one address come back at once.
        """
        if self._address:
            _, wait_ms = await self._limiter.take(f"address:{self._address}", self._limiter.limits.address, 0, 1)
            if wait_ms:
                self._refuse(wait_ms)

    async def looked_up_in_vain(self) -> None:
        """Takes a point of the address for a credential that was no good: its next connection has new points."""
        if self._address:
            await self._limiter.take(f"address:{self._address}", self._limiter.limits.address, 1, 0)

    async def charge(self, identity: Identity, cost: float, *, ahead: bool = True) -> None:
        """Counts a command against the connection and its person (or address, when anonymous).

        `ahead`: takes shared points for the next commands too. Not for opening: ten tabs would hold all that there are.

        Raises RateLimited with the time to wait. `abusive` turns True when somebody goes on for long without waiting.
        """
        _, wait_ms = self._bucket.take(cost, self._clock.now_ms())
        if not wait_ms:
            wait_ms = await self._charge_shared(identity, cost, ahead=ahead)
        if wait_ms:
            self._refuse(wait_ms)

    def _refuse(self, wait_ms: int) -> None:
        now = self._clock.now_ms()
        if self._refusals is None:
            self._refusals = Bucket(self._limiter.limits.refusals, now)
        self.abusive = not self._refusals.take(1, now)[0]
        raise RateLimited(retry_after_ms=wait_ms)

    async def _charge_shared(self, identity: Identity, cost: float, *, ahead: bool) -> int:
        limits = self._limiter.limits
        if identity.user_id is not None:
            key, rate = f"user:{identity.user_id}", limits.user
        elif self._address:
            key, rate = f"address:{self._address}", limits.address
        else:
            return 0
        now = self._clock.now_ms()
        if key != self._key or now >= self._ahead_until_ms:
            self._key, self._ahead = key, 0.0
        if self._ahead < cost:
            missing = cost - self._ahead
            wanted = max(missing, rate.per_second * PREFETCH_SECONDS) if ahead else missing
            taken, wait_ms = await self._limiter.take(key, rate, wanted, missing)
            if wait_ms:
                return wait_ms
            self._ahead += taken
            self._ahead_until_ms = now + 1000
        self._ahead -= min(cost, self._ahead)
        return 0
