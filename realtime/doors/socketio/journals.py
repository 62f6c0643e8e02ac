"""The journals of all processes: each keeps its own, and writes it to Redis, where there is one, for the others.

What a process writes for others goes in order. First the anchors of sessions (a key for each, the newest few anchors),
then the deliveries since the last time, into one stream: so whoever finds a delivery there finds every anchor before
it. The journal itself is what waits to be written; while Redis is away nothing queues anywhere else.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence

import msgspec

from realtime.clock import SystemClock
from realtime.doors.socketio.journal import KEPT_DELIVERIES, KEPT_SECONDS, Deliveries, Journal, Trail, newest
from realtime.doors.socketio.recovery import Place
from realtime.errors import Unavailable
from realtime.hub.hub import Hub
from realtime.log.batches import in_batches
from realtime.log.installation import database_id
from realtime.people.redis_link import Command, RedisLink

_BETWEEN_SECONDS = 0.01
"""A write costs about 0.15 ms, whatever it carries: so at most a fiftieth of the process goes into them. The first one
after a pause goes at once. What a killed process had delivered in the last of these milliseconds is refused."""
_AGAIN_SECONDS = 1.0
_TRAILS_AT_ONCE = 200
_DELIVERIES_AT_ONCE = 1000
_PAGE = 500
_READS_AT_ONCE = 4
_REMEMBERED_SECONDS = 60.0
"""So long another process's deliveries are kept behind the last question: all clients of a killed one ask at once."""

_Entries = list[tuple[int, str]]
_decode_entries = msgspec.json.Decoder(_Entries).decode
_decode_deliveries = msgspec.json.Decoder(tuple[int, list[tuple[str, str, int, bool]]]).decode
_encode = msgspec.json.encode


class Journals:
    """What offsets with numbers mean. Belongs to the hub's loop."""

    def __init__(self, hub: Hub) -> None:
        self.own = Journal(hub.id)
        self._others: _Others | None = None
        settings = hub.settings
        if settings.redis_url:
            link, keys = RedisLink(settings.redis_url, SystemClock()), _Keys(f"{settings.redis_prefix}.{database_id()}")
            self._others = _Others(link, keys, hub.loop)
            hub.spawn(_Writer(link, keys, self.own).run())

    async def place(self, process: str, socket_id: str, number: int) -> Place | None:
        """Returns the place of the client with that socket id that kept a number of that process.

        None when that is not known exactly, or cannot be asked for now.
        """
        if process == self.own.process:
            return self.own.place(socket_id, number)
        try:
            return await self._others.place(process, socket_id, number) if self._others is not None else None
        except Unavailable:
            return None


class _Keys:
    """What things are called in Redis."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def deliveries(self, process: str) -> str:
        return f"{self._prefix}.delivered.{{{process}}}"

    def trail(self, process: str, socket_id: str) -> str:
        return f"{self._prefix}.stood.{{{process}}}.{socket_id}"


class _Writer:
    """Writes one process's journal to Redis."""

    def __init__(self, link: RedisLink, keys: _Keys, journal: Journal) -> None:
        self._link = link
        self._keys = keys
        self._journal = journal
        self._trails: dict[str, Trail] = {}
        self._written = 0
        self._entries: deque[int] = deque()
        """The last number of each entry that is to be kept in the stream."""
        self._tries = 0
        self._lost = False
        self._due = asyncio.Event()
        journal.changed = self._changed

    def _changed(self, trail: Trail | None) -> None:
        if trail is not None:
            self._trails[trail.socket_id] = trail
        self._due.set()

    async def run(self) -> None:
        """Writes what is new, one write at a time, until cancelled; then what is left, once."""
        try:
            while True:
                await self._due.wait()
                self._due.clear()
                try:
                    await self._write()
                except Unavailable:
                    self._due.set()
                    await asyncio.sleep(_AGAIN_SECONDS)
                else:
                    await asyncio.sleep(_BETWEEN_SECONDS)
        finally:
            try:
                with contextlib.suppress(Unavailable):  # its clients were sent their positions with `bye`
                    await self._write()
            finally:
                await self._link.close()

    async def _write(self) -> None:
        if self._lost:
            await self._begin_anew()
        number = self._journal.number
        trails, self._trails = self._trails, {}
        waiting = list(trails.values())
        try:
            for batch in in_batches(list(waiting), _TRAILS_AT_ONCE):
                await self._link.run([self._anchors_of(trail) for trail in batch])
                del waiting[: len(batch)]
        finally:
            left = {trail.socket_id: trail for trail in waiting if self._journal.keeps(trail)}
            self._trails = left | self._trails
        while self._written < number:
            await self._write_deliveries(min(number, self._written + _DELIVERIES_AT_ONCE))

    def _anchors_of(self, trail: Trail) -> Command:
        key = self._keys.trail(self._journal.process, trail.socket_id)
        return ("SET", key, _encode(trail.entries), "EX", KEPT_SECONDS)

    async def _write_deliveries(self, number: int) -> None:
        deliveries, key = self._journal.deliveries, self._keys.deliveries(self._journal.process)
        first = max(self._written + 1, deliveries.first)
        number = max(number, first)
        batch = _encode((first, deliveries.between(first, number)))
        # A write whose answer was lost may have been carried out: the same once more is one entry more, read once.
        entry = f"{number}-{self._tries}"
        self._tries += 1
        written = bool(self._entries)
        while self._entries and self._entries[0] < deliveries.first:
            self._entries.popleft()
        if not self._entries or self._entries[-1] != number:
            self._entries.append(number)
        # By length: streams are cut by id from Redis 6.2 on only.
        add, expire = ("XADD", key, "MAXLEN", "~", len(self._entries), entry, "d", batch), ("EXPIRE", key, KEPT_SECONDS)
        # The first also says whether the stream is there, and lets one that is live on.
        was_there, *_ = await self._link.run([expire, add] if written else [expire, add, expire])
        self._tries = 0
        self._written = number
        if written and not was_there:
            self._lost = True
            self._due.set()
            await self._link.run([expire])  # it may be the last write of all

    async def _begin_anew(self) -> None:
        """Has everything written once more to a Redis that came back empty; nobody finds anything until it is."""
        await self._link.run([("DEL", self._keys.deliveries(self._journal.process))])
        self._entries.clear()
        self._written = self._journal.deliveries.first - 1
        self._trails = {trail.socket_id: trail for trail in self._journal.trails()}
        self._lost = False


class _Other:
    """What is known of another process's deliveries."""

    def __init__(self) -> None:
        self.deliveries = Deliveries()
        self.entry = "-"
        self.lock = asyncio.Lock()
        self.asked_at = 0.0

    def take(self, first: int, deliveries: Sequence[tuple[str, str, int, bool]]) -> None:
        """Adds what one entry of the stream has; a gap before it, and what is before the gap is of no use."""
        known = self.deliveries
        if first > known.last + 1:
            known.begin_at(first)
        for delivery in deliveries[known.last + 1 - first :]:
            room, epoch, seq, more = delivery
            known.append(room, epoch, seq, more=more)
        known.forget(known.last - KEPT_DELIVERIES)


class _Others:
    """Reads what other processes have written."""

    def __init__(self, link: RedisLink, keys: _Keys, loop: asyncio.AbstractEventLoop) -> None:
        self._link = link
        self._keys = keys
        self._loop = loop
        self._known: dict[str, _Other] = {}
        self._reads = asyncio.Semaphore(_READS_AT_ONCE)
        self._timer: asyncio.TimerHandle | None = None

    async def place(self, process: str, socket_id: str, number: int) -> Place | None:
        """See `Journals.place`. Raises Unavailable when Redis does not answer."""
        deliveries = await self._deliveries(process, number)
        if number > deliveries.last:
            return None
        # Behind the deliveries: every anchor before them is there by now.
        async with self._reads:
            [text] = await self._link.run([("GET", self._keys.trail(process, socket_id))])
        anchor = newest(_decode_entries(text), number) if text else None
        return deliveries.moved_on(anchor, number) if anchor else None

    async def _deliveries(self, process: str, number: int) -> Deliveries:
        """Returns a process's deliveries, up to that number at least if there are so many."""
        other = self._known.get(process)
        if other is None:
            other = self._known[process] = _Other()
        other.asked_at = self._loop.time()
        if self._timer is None:
            self._timer = self._loop.call_later(_REMEMBERED_SECONDS, self._forget)
        async with other.lock:  # who comes second finds it read
            while number > other.deliveries.last:
                async with self._reads:
                    # With the one that is known: that there is a way to leave it out is as new.
                    [page] = await self._link.run(
                        [("XRANGE", self._keys.deliveries(process), other.entry, "+", "COUNT", _PAGE)]
                    )
                for entry, fields in page:
                    other.take(*_decode_deliveries(fields["d"]))
                    other.entry = entry
                if len(page) < _PAGE:
                    break
        if not other.deliveries.last:
            self._known.pop(process, None)  # anybody can ask for processes that never were
        return other.deliveries

    def _forget(self) -> None:
        before = self._loop.time() - _REMEMBERED_SECONDS
        self._known = {process: other for process, other in self._known.items() if other.asked_at > before}
        self._timer = self._loop.call_later(_REMEMBERED_SECONDS, self._forget) if self._known else None
