"""One room as this process knows it: its place in the log, its members, and the fan-out."""

import asyncio
from collections import deque
from collections.abc import Hashable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Protocol, overload

import msgspec

from realtime.errors import CloseCode
from realtime.hub.audience import Audience, Delivery
from realtime.identity import Identity
from realtime.log.batches import in_batches
from realtime.log.events import EphemeralEvent, StoredEvent
from realtime.namespaces import Namespace
from realtime.namespaces import Session as HandlersSession
from realtime.positions import Position
from realtime.rooms import Grant, Room, View
from realtime.transport.connection import Connection
from realtime.transport.wire import Wire
from realtime.transport.write_batch import Recipients, WriteBatch

UNKNOWN_PRESENCE = -1


class Phase(IntEnum):
    """How far a membership is. PENDING: revocations hit it, nothing is granted yet. HELD: granted at a
    position, nothing is sent before the answer that says so. CATCHING_UP: reads at the client's pace. LIVE:
    gets what the hub gets. ENDED: over, for ever."""

    PENDING = 0
    HELD = 1
    CATCHING_UP = 2
    LIVE = 3
    ENDED = 4


class HubSession(HandlersSession, Protocol):
    """What the hub asks of a session, beside what handlers do; `realtime.sessions` has it. Belongs to the loop."""

    identity: Identity
    namespace: Namespace
    connection: Connection
    wire: Wire
    closed: bool
    away: bool

    @property
    def memberships(self) -> Mapping[str, "Membership"]:
        """The rooms that this session receives, or is about to, by name."""

    def rooms_changed(self) -> None:
        """A membership began or ended, went live or no longer, was reset, or counts a person now."""

    def replayed(self) -> None:
        """Events of the log were written to this session alone."""

    def recheck_room(self, room: str, reason: str) -> None:
        """Stops the room at once and asks its policy again."""

    async def recheck_identity(self, reason: str) -> None:
        """Asks whether the sign-in still holds, then for each room again."""

    async def refresh_auto_rooms(self) -> None:
        """Enters and leaves what the namespace's automatic rooms are now."""

    def expel(self, reason: str) -> None:
        """Ends the connection because permission to be here has ended."""

    def end(self, code: CloseCode, reason: str, retry_after_ms: int | None = None) -> None:
        """Says `bye` and closes the connection."""

    def joined(self) -> Mapping[str, bool]:
        """Returns the received rooms, and whether the person is counted there."""


class _Flag:
    """One of the yes-or-no attributes of a membership, all in one number: there are as many memberships as places of
    people in rooms, and a slot for each answer is 8 bytes of each of them."""

    def __init__(self, bit: int) -> None:
        self._mask = 1 << bit

    @overload
    def __get__(self, member: None, owner: "type[Membership]") -> "_Flag": ...
    @overload
    def __get__(self, member: "Membership", owner: "type[Membership]") -> bool: ...
    def __get__(self, member: "Membership | None", owner: "type[Membership]") -> "_Flag | bool":
        return self if member is None else bool(member.flags & self._mask)

    def __set__(self, member: "Membership", value: bool) -> None:
        member.flags = member.flags | self._mask if value else member.flags & ~self._mask


class Membership:
    """One session in one room. The object is the grant: whoever awaited checks that it is still the session's.

    `seq` is its own place until it is live; a live one is at the room's place, and `seq` is the last
    event that it got in slices.
    `auto`: entered by itself on connect; `wanted`: asked for; `present`: counts a person. `watching`: only
    the engine listens (revocations), the client receives nothing. `stale`: its permission is being asked for again.
    `presence_version`: the one that it was sent, UNKNOWN_PRESENCE when it may have missed ephemeral events.
    """

    __slots__ = ("flags", "grant", "phase", "presence_version", "seq", "session", "state")

    auto, wanted, present, watching, stale = map(_Flag, range(5))

    def __init__(self, session: HubSession, state: "RoomState") -> None:
        self.session = session
        self.state = state
        self.flags = 0
        self.phase = Phase.PENDING
        self.seq = 0
        self.grant: Grant | None = None
        self.presence_version = UNKNOWN_PRESENCE

    @property
    def connection(self) -> Connection:
        return self.session.connection

    @property
    def is_live(self) -> bool:
        return self.phase is Phase.LIVE

    @property
    def room(self) -> Room:
        return self.state.room

    def place(self) -> int:
        """Returns the last seq that is surely written to this member; the next it gets may be that plus one."""
        return self.state.place_of(self) if self.phase is Phase.LIVE else self.seq


class RoomState:
    """One room's position, ring, early events and members in this process.

    Belongs to the loop. `seq` moves before the fan-out of its event begins, and the next event waits for the
    end of it (`fanning`). `known` is how far the log was seen to reach. Until `loaded`, what comes is kept in `early`.
    """

    __slots__ = (
        "_apart",
        "_audiences",
        "early",
        "empty_since",
        "epoch",
        "fanning",
        "gap_timer",
        "known",
        "live_count",
        "loaded",
        "min_seq",
        "name",
        "ring",
        "ring_events",
        "room",
        "seq",
        "versions",
        "waiting",
    )

    def __init__(self, room: Room, ring_events: int) -> None:
        self.room = room
        self.name = room.name
        self.loaded = False
        self.epoch = ""
        self.seq = 0
        self.min_seq = 1
        self.known = 0
        # What is None is made by the first event: most rooms are one person's own and get no event for as long as they
        # last, and an empty deque alone has 760 bytes.
        self.ring: deque[Delivery] | None = None
        self.ring_events = ring_events
        self.early: dict[int, StoredEvent] | None = None
        self.gap_timer: asyncio.TimerHandle | None = None
        self._apart: set[Membership] | None = None  # members that are not live; the others stand in audiences
        # One by itself, as nearly everywhere, in a tuple: a dictionary has 230 bytes, and there are as many as rooms.
        self._audiences: tuple[Audience[Membership], ...] | dict[Hashable, Audience[Membership]] = ()
        self.live_count = 0
        self.fanning = False
        self.empty_since: float | None = None
        self.versions: dict[str, int] | None = None
        self.waiting: dict[str, EphemeralEvent] | None = None

    @property
    def position(self) -> Position:
        return Position(self.epoch, self.seq)

    # Members

    @property
    def members(self) -> list[Membership]:
        """Everybody of this moment, whatever their phase."""
        return [*(self._apart or ()), *(member for audience in self.audiences for member in audience.members)]

    @property
    def empty(self) -> bool:
        return not self.live_count and not self._apart

    def add(self, member: Membership) -> None:
        """Takes in a member, which is not live yet."""
        if self._apart is None:
            self._apart = set()
        self._apart.add(member)
        self.empty_since = None

    def discard(self, member: Membership) -> None:
        """Lets go a member that is not live (any more)."""
        if self._apart is not None:
            self._apart.discard(member)
            if not self._apart:
                self._apart = None

    def enter_live(self, member: Membership) -> None:
        """Makes the member live; it must be exactly at the room's place."""
        session = member.session
        key = _audience_of(member)
        audience = self._audience(key)
        if audience is None:
            audience = Audience(key, session.wire, session.namespace.name, _view_of(member))
            self._begin_audience(audience)
        audience.add(member)
        self.discard(member)
        member.phase = Phase.LIVE
        session.rooms_changed()
        self.live_count += 1

    def leave_live(self, member: Membership, phase: Phase) -> None:
        """Takes a live member out; from now on it has a place of its own."""
        session = member.session
        key = _audience_of(member)
        audience = self._audience(key)
        if audience is not None:
            audience.discard(member)
            if not audience.members:
                self._end_audience(audience)
        if phase is not Phase.ENDED:
            self.add(member)
        member.seq = self.place_of(member)
        member.phase = phase
        session.rooms_changed()
        self.live_count -= 1

    @property
    def audiences(self) -> tuple[Audience[Membership], ...]:
        """Those that have members, in the order in which they began."""
        audiences = self._audiences
        return tuple(audiences.values()) if isinstance(audiences, dict) else audiences

    def _audience(self, key: Hashable) -> Audience[Membership] | None:
        audiences = self._audiences
        if isinstance(audiences, dict):
            return audiences.get(key)
        return audiences[0] if audiences and audiences[0].key == key else None

    def _begin_audience(self, audience: Audience[Membership]) -> None:
        if isinstance(self._audiences, dict):
            self._audiences[audience.key] = audience
        elif self._audiences:
            self._audiences = {other.key: other for other in (*self._audiences, audience)}
        else:
            self._audiences = (audience,)

    def _end_audience(self, audience: Audience[Membership]) -> None:
        if isinstance(self._audiences, dict):
            del self._audiences[audience.key]
        else:
            self._audiences = ()

    def place_of(self, member: Membership) -> int:
        """Returns a live member's place: the room's, or before it while its slice is still to come."""
        return self.seq if not self.fanning or member.seq == self.seq else self.seq - 1

    # The ring

    def push(self, event: StoredEvent) -> Delivery:
        """Moves the position to the event, which must be the next, and remembers it."""
        self.epoch = event.epoch
        self.seq = event.seq
        delivery = Delivery(event)
        if event.is_large:
            self.forget()
            return delivery
        if self.ring is None:
            self.ring = deque(maxlen=self.ring_events)
        self.ring.append(delivery)
        return delivery

    def recent(self, after: int) -> list[Delivery] | None:
        """Returns what came after `after` up to now, or None when the ring does not reach back that far."""
        missing = self.seq - after
        if missing == 0:
            return []
        ring = self.ring
        if ring is None or missing < 0 or missing > len(ring):
            return None
        return [ring[index] for index in range(len(ring) - missing, len(ring))]

    def refill(self, page: Sequence[Delivery]) -> None:
        """Remembers what a page of the log, of this epoch, has right before the ring, as far as there is room for it.

        After a restart the ring is empty and everybody comes back: the next who misses the same needs no read. What was
        blanked since the page was read is not in it: the event that says so came behind it, and emptied the ring.
        """
        kept = len(self.ring) if self.ring is not None else 0
        room, first = self.ring_events - kept, self.seq - kept + 1
        large = max((delivery.event.seq for delivery in page if delivery.event.is_large), default=0)
        before = [delivery for delivery in page if large < delivery.event.seq < first]
        if room and before and before[-1].event.seq == first - 1:
            if self.ring is None:
                self.ring = deque(maxlen=self.ring_events)
            self.ring.extendleft(reversed(before[-room:]))

    def forget(self) -> None:
        """Drops the ring: what it holds is not to be shown any more."""
        self.ring = None

    # Fan-out

    def fan_out(self, delivery: Delivery, write_batch: WriteBatch) -> int:
        """Writes the event to every live member at once; returns to how many. For rooms below the slice."""
        written = 0
        skip = delivery.event.skip
        for audience in self.audiences:
            recipients = audience.recipients()
            packet = delivery.live(audience)
            if skip:
                for connection in recipients.connections:
                    if connection.id == skip:
                        connection.write(delivery.live(audience, skip))
                write_batch.spread(
                    packet, Recipients(connection for connection in recipients.connections if connection.id != skip)
                )
            else:
                write_batch.spread(packet, recipients)
            written += len(recipients)
        return written

    def slices(self, size: int) -> Iterator[tuple[Audience[Membership], list[Membership]]]:
        """Yields the live members of this moment in slices; who leaves meanwhile is no longer LIVE."""
        for audience, members in [(audience, list(audience.members)) for audience in self.audiences]:
            for part in in_batches(members, size):
                yield audience, part

    def fan_out_ephemeral(self, event: EphemeralEvent, write_batch: WriteBatch) -> int:
        """Writes an ephemeral event to the live members, or to the one it is for; returns to how many."""
        written = 0
        skip: str | tuple[str, ...] = event.skip or ()
        skipped = (skip,) if isinstance(skip, str) else skip
        for audience in self.audiences:
            seen = event
            if audience.view is not None:
                shown = audience.view.shown(event.type, event.payload)
                if shown is None:
                    continue
                if shown != (event.type, event.payload):
                    seen = msgspec.structs.replace(event, type=shown[0], payload=shown[1])
            recipients = audience.recipients()
            if event.to is not None:
                recipients = Recipients(
                    connection for connection in recipients.connections if connection.id == event.to
                )
            elif skipped:
                recipients = Recipients(
                    connection for connection in recipients.connections if connection.id not in skipped
                )
            if not recipients:
                continue
            write_batch.spread(audience.wire.ephemeral(audience.namespace, seen), recipients)
            written += len(recipients)
        return written


def _view_of(member: Membership) -> View | None:
    """Returns the member's view, None when it shows everything."""
    view = member.grant.view if member.grant is not None else None
    return view if view is not None and view.key is not None else None


def _audience_of(member: Membership) -> tuple[str, Hashable]:
    """Returns what members of one audience have in common; it does not change while one is live."""
    session, view = member.session, _view_of(member)
    return _audience_key(session.wire.key(session.namespace.name), view.key if view is not None else None)


@lru_cache(maxsize=1024)
def _audience_key(wire: str, view: Hashable) -> tuple[str, Hashable]:
    """Returns the one copy of what rooms' audiences differ by: there are few kinds, and many rooms."""
    return wire, view
