"""One hub per server process and event loop: rooms, positions, delivery, and the threads behind them."""

import asyncio
import logging
import time
import weakref
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from django.db import connection as database

from realtime.errors import ApplicationError
from realtime.hub.audience import Delivery
from realtime.hub.authorizer import Authorizer
from realtime.hub.catch_up import CatchUp
from realtime.hub.core import HubCore
from realtime.hub.heartbeat import Heartbeat
from realtime.hub.internal import Internals
from realtime.hub.lanes import Lanes
from realtime.hub.layer import LayerLink
from realtime.hub.log import LogReader
from realtime.hub.parts import Part, parts_for
from realtime.hub.room import HubSession, Membership, Phase, RoomState
from realtime.hub.seats import Seats
from realtime.hub.sweep import Sweep
from realtime.hub.tasks import end
from realtime.identity import Identity
from realtime.log import after_commit
from realtime.log.events import EphemeralEvent, OutgoingEvent, StoredEvent
from realtime.log.installation import database_id
from realtime.log.reading import Head
from realtime.positions import Position
from realtime.rooms import Room, Roster, parse_room
from realtime.transport.connection import Connection
from realtime.transport.write_batch import Recipients, WriteBatch

T = TypeVar("T")

logger = logging.getLogger(__name__)

_REACH_SECONDS = 5.0

_HUBS: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = weakref.WeakKeyDictionary()


async def current_hub() -> "Hub":
    """Returns the running loop's hub, started on its first use (not every server has a lifespan)."""
    loop = asyncio.get_running_loop()
    hub = _HUBS.get(loop)
    if hub is None:
        hub = _HUBS[loop] = Hub(loop)
    await hub.started()
    return hub


def say_why_not_started(error: Exception) -> None:
    """Says in the log why the hub does not start: an outage in a line, a defect with its traceback."""
    if isinstance(error, ApplicationError) and error.retryable:
        logger.warning("The hub does not start (%s); who comes is sent back.", error)
    else:
        logger.error("The hub does not start; who comes is sent back.", exc_info=error)


def hub_of(loop: asyncio.AbstractEventLoop) -> "Hub | None":
    """Returns the loop's hub if it has one; starts nothing."""
    return _HUBS.get(loop)


class Hub(HubCore):
    """Everything that one process knows of rooms and sessions. Belongs to its loop, but for `receive`."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.write_batch = WriteBatch(loop)
        self.lanes = Lanes(self.settings.lane_threads)
        self.log = LogReader(self)
        self.catch_up = CatchUp(self, self.log)
        self.heartbeat = Heartbeat(self)
        self.layer = LayerLink(self)
        self.sweep = Sweep(self, self.log, self.layer)
        self.authorizer = Authorizer(self.questions)
        self.internals = Internals(self, self.authorizer)
        self.rosters: Callable[[str], Awaitable[Roster]] | None = None
        """Set by the part that keeps presence."""
        self._seats = Seats(self, self.connections)
        self.parts: list[Part] = []
        self.draining = False
        self._on_congested = self._congested  # one bound method for all connections
        self._start: asyncio.Task[None] | None = None
        self._stopped = False

    # Life

    async def started(self) -> None:
        """Waits until the hub works. Raises what kept it from starting; the next call tries again."""
        if self._start is None or (self._start.done() and self._start.exception() is not None):
            self._start = self.spawn(self._begin())
        if not self._start.done():
            await asyncio.shield(self._start)

    async def _begin(self) -> None:
        await self.handlers.run(database_id)
        after_commit.attach(self.receive)
        await self.layer.start()
        await self.sweep.begin()
        self.spawn(self.sweep.run())
        self.spawn(self.heartbeat.run())
        if database.vendor == "sqlite":
            self.spawn(self.sweep.watch())
        self.parts = parts_for(self)
        for part in self.parts:
            await part.start()

    async def stop(self) -> None:
        """Ends all tasks and threads; sessions are to be closed before. A stopped hub is replaced by a new one."""
        if self._stopped:
            return
        self._stopped = True
        self.alarms.stop()
        after_commit.detach(self.receive)
        _HUBS.pop(self.loop, None)
        for part in self.parts:
            await part.stop()
        await self.layer.stop()
        await end(lambda: self._tasks)
        for threads in (self.readers, self.handlers, self.lanes):
            await threads.stop()

    # Connections

    def add_connection(self, connection: Connection) -> None:
        self.connections[connection.id] = connection
        self.statistics.connections_opened += 1
        connection.on_congested = self._on_congested
        if self.limiter is not None:
            connection.limits = self.limiter.connection(connection.address)
        self.heartbeat.add(connection)

    async def seat(self, connection: Connection, identity: Identity) -> None:
        """Takes the connection's seats, and the person's once there is one; for a connection that was added.

        Raises RateLimited when the person or the address has too many.
        """
        await self._seats.take(connection, identity)

    def remove_connection(self, connection: Connection) -> None:
        self.connections.pop(connection.id, None)
        self.heartbeat.remove(connection)
        self._seats.release(connection)

    def _congested(self, connection: Connection) -> None:
        self.heartbeat.congested(connection)
        for session in connection.sessions.values():
            for member in list(session.memberships.values()):
                if member.phase is Phase.LIVE:
                    self.catch_up.demote(member)

    # Rooms and members

    def enter(self, session: HubSession, room: Room) -> Membership:
        """Puts the session into the room's pending set, where revocations reach it."""
        state = self.rooms.get(room.name)
        if state is None:
            state = self.rooms[room.name] = RoomState(room, self.settings.ring_events)
            self.layer.rooms_changed()
        member = Membership(session, state)
        state.add(member)
        return member

    def load(self, states: Iterable[RoomState]) -> Awaitable[None]:
        """Makes sure that the rooms' places are known; asks at once. Raises Unavailable when the log cannot be read."""
        missing = [state.name for state in states if not state.loaded]
        return self._load(self.log.heads(missing) if missing else None)

    async def _load(self, asked: Awaitable[Mapping[str, Head]] | None) -> None:
        for name, head in (await asked).items() if asked is not None else ():
            state = self.rooms.get(name)
            if state is not None and not state.loaded:
                state.loaded = True
                state.epoch, state.seq, state.min_seq = head
                self._take_early(state)
                if state.known > state.seq:
                    self.log.close_gap(state)

    async def reach(self, state: RoomState, seq: int) -> bool:
        """Reads the head because a client claims a later place than the hub's; the hub goes there if it is true.

        False when it is true, and the hub could not get there in time.
        """
        head = (await self.log.heads([state.name]))[state.name]
        if not self.history_lost(state, head) and head.seq > state.seq:
            self.log.close_gap(state)
            deadline = self.loop.time() + _REACH_SECONDS
            while state.seq < min(seq, head.seq) and self.loop.time() < deadline:  # noqa: ASYNC110  # rare and short
                await asyncio.sleep(0.01)
        return state.seq >= min(seq, head.seq)

    def leave(self, member: Membership) -> None:
        """Ends a membership, whatever its phase."""
        if member.phase is Phase.LIVE:
            member.state.leave_live(member, Phase.ENDED)
        member.phase = Phase.ENDED
        member.session.rooms_changed()
        state = member.state
        state.discard(member)
        if state.empty:
            state.empty_since = self.loop.time()

    def drop_empty_rooms(self) -> None:
        """Forgets rooms that have been without members for a while."""
        now = self.loop.time()
        linger = self.settings.room_linger_seconds
        for name, state in list(self.rooms.items()):
            if state.empty_since is not None and state.empty_since + linger <= now and state.empty:
                if state.gap_timer is not None:
                    state.gap_timer.cancel()
                del self.rooms[name]
                self.authorizer.forget(state.room)
                self.layer.rooms_changed()

    # Events coming in

    def receive(self, events: Sequence[OutgoingEvent]) -> None:
        """Takes what this process committed, in any thread; delivers it here first, then sends the hints."""
        self.loop.call_soon_threadsafe(self._take_own, events)

    def _take_own(self, events: Sequence[OutgoingEvent]) -> None:
        for event in events:
            if isinstance(event, StoredEvent):
                self.accept(event)
            else:
                self.deliver_here(event)
        self.layer.publish(events)

    def take_hint(self, events: Sequence[OutgoingEvent]) -> None:
        """Takes events that another process committed."""
        for event in events:
            if isinstance(event, StoredEvent):
                self.accept(event)
            else:
                self.deliver_here(event)
                for part in self.parts:
                    part.ephemeral(event)

    def wake_sweep(self) -> None:
        self.sweep.wake()

    def went_live(self, member: Membership) -> None:
        if member.present:
            for part in self.parts:
                part.went_live(member)

    def accept(self, event: StoredEvent) -> bool:
        """Takes an event of the log from wherever it comes; True when it was news for a room of this process.

        The next in order goes out, a later one waits for those before it, a known one is dropped.
        """
        state = self.rooms.get(event.room)
        if state is None:
            return False
        if not state.loaded:
            self._keep_early(state, event)
            return True
        if event.epoch != state.epoch and state.epoch:
            self.log.close_gap(state)  # reads the head first, and so finds out what has become of the room
            return False
        if event.seq <= state.seq:
            self.statistics.duplicates += 1
            return False
        if event.seq == state.seq + 1 and not state.fanning:
            self._advance(state, event)
            self._take_early(state)
        else:
            self._keep_early(state, event)
        return True

    def _keep_early(self, state: RoomState, event: StoredEvent) -> None:
        state.known = max(state.known, event.seq)
        if state.early is None:
            state.early = {}
        if (
            len(state.early) < self.settings.early_limit and not event.is_large
        ):  # what does not fit is read from the log
            state.early[event.seq] = event
        if state.loaded and not state.fanning and state.gap_timer is None:
            state.gap_timer = self.loop.call_later(self.settings.gap_seconds, self._gap_is_old, state)

    def _gap_is_old(self, state: RoomState) -> None:
        state.gap_timer = None
        if state.early and not state.fanning:
            self.log.close_gap(state)

    def _take_early(self, state: RoomState) -> None:
        while state.early and not state.fanning:
            event = state.early.pop(state.seq + 1, None)
            if event is None:
                break
            self._advance(state, event)
        early = state.early
        if not early:
            state.early = None
            if state.gap_timer is not None:
                state.gap_timer.cancel()
                state.gap_timer = None
            return
        if state.fanning:
            return
        for seq in [seq for seq in early if seq <= state.seq]:
            del early[seq]
        if early and state.gap_timer is None:
            state.gap_timer = self.loop.call_later(self.settings.gap_seconds, self._gap_is_old, state)

    def _advance(self, state: RoomState, event: StoredEvent) -> None:
        delivery = state.push(event)
        self.statistics.events += 1
        self.statistics.latencies_ms.append(max(0, time.time_ns() // 1_000_000 - event.created_at_ms))
        logger.debug("%s %d %s to %d members", event.room, event.seq, event.type, state.live_count)
        if state.live_count > self.settings.fan_out_slice:
            state.fanning = True
            self.spawn(self._fan_out_in_slices(state, delivery))
        elif state.live_count:
            self.statistics.deliveries += state.fan_out(delivery, self.write_batch)
        if event.internal:
            self.internals.carry_out(state, event)  # after it was written: who must stop here stops behind it

    async def _fan_out_in_slices(self, state: RoomState, delivery: Delivery) -> None:
        seq, skip = delivery.event.seq, delivery.event.skip
        slices = list(state.slices(self.settings.fan_out_slice))
        last = {audience.wire: part for part, (audience, _) in enumerate(slices)}
        try:
            for part, (audience, members) in enumerate(slices):
                more = part < last[audience.wire]
                # Who left and came back meanwhile has read the event already.
                present = [member for member in members if member.phase is Phase.LIVE and member.seq < seq]
                others = []
                for member in present:
                    member.seq = seq  # before the write, which may take the member out
                    if skip and member.connection.id == skip:
                        member.connection.write(delivery.live(audience, skip, part=part, more=more))
                    else:
                        others.append(member)
                packet = delivery.live(audience, part=part, more=more)
                self.write_batch.spread(packet, Recipients(member.connection for member in others))
                self.statistics.deliveries += len(present)
                await asyncio.sleep(0)
        finally:
            state.fanning = False
            self._take_early(state)
            if not state.fanning and state.known > state.seq:
                self.log.close_gap(state)

    def deliver_here(self, event: EphemeralEvent) -> None:
        """Writes an ephemeral event to this process's sessions; of one key and turn only the newest."""
        state = self.rooms.get(event.room)
        if state is None or not state.live_count:
            return
        if event.key is None:
            self.statistics.deliveries += state.fan_out_ephemeral(event, self.write_batch)
            return
        key = f"{event.type} {event.key}"
        if event.version:
            if state.versions is None:
                state.versions = {}
            if event.version < state.versions.get(key, 0):
                return
            state.versions[key] = event.version
        if state.waiting is None:
            state.waiting = {}
            self.loop.call_soon(self._fan_out_waiting, state)
        state.waiting[key] = event

    def _fan_out_waiting(self, state: RoomState) -> None:
        waiting, state.waiting = state.waiting, None
        for event in (waiting or {}).values():
            self.statistics.deliveries += state.fan_out_ephemeral(event, self.write_batch)

    # History that is lost

    def history_lost(self, state: RoomState, head: Head) -> bool:
        """Compares the room's place with a head read after it; resets the room when they contradict."""
        if not state.epoch:
            if head.epoch and not state.seq:
                state.epoch, state.min_seq = head.epoch, head.min_seq
            return False
        if head.epoch != state.epoch:
            self.reset(state, head, "epoch")
            return True
        return False

    def reset(self, state: RoomState, head: Head, reason: str) -> None:
        """Puts the room at the head and sends every member that what it had cannot be continued.

        What was skipped may have ended somebody's permission, so everybody is asked about again.
        """
        self.statistics.resets += 1
        logger.debug("%s begins anew: %s", state.name, reason)
        state.epoch, state.seq, state.min_seq = head
        state.known = head.seq
        state.forget()
        state.early = None
        for member in state.members:
            if member.phase in (Phase.CATCHING_UP, Phase.LIVE) and not member.watching:
                self.reset_member(member, reason)
        self.internals.ask_again(state)

    def reset_member(self, member: Membership, reason: str, seq: int | None = None) -> None:
        """Sends one member that its stream goes on from `seq` or from the room's place, with a hole before it."""
        state, session = member.state, member.session
        member.seq = state.seq if seq is None else seq
        session.rooms_changed()
        position = Position(state.epoch, member.seq)
        member.connection.write(
            session.wire.notice(
                session.namespace.name, "room:reset", {"reason": reason, "position": position}, state.name
            )
        )

    def sessions(self) -> list[HubSession]:
        """Returns every open session of this process."""
        return [session for connection in self.connections.values() for session in connection.sessions.values()]

    def room(self, name: str) -> RoomState | None:
        """Returns the room if this process holds it. Raises NotFound for a name that is none."""
        return self.rooms.get(parse_room(name).name)
