"""What a hub knows of people: who is present, who types, how much they do. Connects all that to sessions."""

import asyncio
import weakref
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from realtime.clock import SystemClock
from realtime.conf import realtime_settings
from realtime.contracts import Payload, event_contract
from realtime.errors import NotJoined
from realtime.hub.hub import Hub
from realtime.hub.parts import Part
from realtime.hub.room import HubSession, Membership
from realtime.identity import ANONYMOUS
from realtime.log.events import EphemeralEvent
from realtime.log.installation import database_id
from realtime.namespaces import Call, Session
from realtime.people.announcing import HubAnnouncer
from realtime.people.limits.bucket import Rate
from realtime.people.limits.limiter import Limiter, Limits
from realtime.people.limits.memory import MemoryPoints, MemorySeating, MemorySeats
from realtime.people.limits.redis import RedisPoints, RedisSeats
from realtime.people.limits.store import PointStore, SeatStore
from realtime.people.presence.events import PresenceReply, as_ack, as_reply, as_snapshot
from realtime.people.presence.local import SessionKey
from realtime.people.presence.memory import MemoryPresence, MemoryRooms
from realtime.people.presence.online import Online
from realtime.people.presence.publishing import Publisher
from realtime.people.presence.redis import RedisPresence
from realtime.people.presence.store import PresenceStore
from realtime.people.presence.tracker import PresenceTracker
from realtime.people.presence.watching import Watch, watch_of
from realtime.people.processes.keeper import ProcessKeeper
from realtime.people.processes.memory import MemoryProcesses, MemoryRegister
from realtime.people.processes.redis import RedisRegister
from realtime.people.processes.register import ProcessRegister, Times
from realtime.people.redaction import privacy_of
from realtime.people.redis_link import RedisLink
from realtime.people.typing.kinds import TypingKind
from realtime.people.typing.memory import MemoryTyping
from realtime.people.typing.redis import RedisTyping
from realtime.people.typing.store import TypingStore
from realtime.people.typing.tracker import TypingTracker
from realtime.rooms import Room, parse_room
from realtime.sessions.session import Session as OpenSession

_JOIN_WAIT_SECONDS = 0.2
"""The longest that a join waits for Redis, the first time that Redis does not answer."""


class _Change(msgspec.Struct, rename="camel"):
    user_count: int


_decode_change = msgspec.json.Decoder(_Change).decode


class People(Part):
    """Presence, typing and limits of one hub, in Redis where there is one. Belongs to the hub's loop."""

    hub: Hub

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        clock = SystemClock()
        self._watched: set[str] = set()
        self.link: RedisLink | None = None
        register: ProcessRegister
        store: PresenceStore
        typists: TypingStore
        points: PointStore
        seats: SeatStore
        settings = realtime_settings()
        self._grace_seconds = settings.presence_grace_seconds
        times = Times(round(settings.process_lease_seconds * 1000))
        if url := settings.redis_url:
            prefix = f"{settings.redis_prefix}.{database_id()}"
            self.link = RedisLink(url, clock)
            register = RedisRegister(self.link, prefix, hub.id, times=times)
            store = RedisPresence(self.link, prefix, hub.id)
            typists = RedisTyping(self.link, prefix)
            points, seats = RedisPoints(self.link, prefix), RedisSeats(self.link, prefix, hub.id)
        else:
            processes = MemoryProcesses()
            register = MemoryRegister(processes, hub.id, clock, times=times)
            store = MemoryPresence(MemoryRooms(), processes, hub.id, clock)
            typists = MemoryTyping(clock)
            points, seats = MemoryPoints(clock), MemorySeats(MemorySeating(), hub.id)
        announcer = HubAnnouncer(hub.deliver_here, clock)
        self.keeper = ProcessKeeper(register, clock, times=times)
        publisher = Publisher(store, announcer, clock, believes=self.keeper.believes, changed=self._changed)
        self.presence = PresenceTracker(
            store,
            self.keeper,
            publisher,
            clock,
            wait_seconds=_JOIN_WAIT_SECONDS,
            grace_seconds=self._grace_seconds,
            evicted=self._evicted,
        )
        self.online = Online(self.presence, announcer, hub.questions, hub.spawn)
        self.typing = TypingTracker(typists, announcer, clock, user_count=self.presence.user_count)
        self.limiter = Limiter(_limits(), points, seats, clock)
        self.keeper.look_after(self.limiter)

    async def start(self) -> None:
        _PEOPLE[self.hub.loop] = self
        self.hub.limiter, self.hub.rosters = self.limiter, self.presence.roster
        await self.keeper.start()

    async def stop(self) -> None:
        """Leaves the people of this process to the others for the grace: they are on their way there."""
        _PEOPLE.pop(self.hub.loop, None)
        self.typing.close()
        await self.presence.stop()
        await self.limiter.close(self.keeper.process_id)
        await self.keeper.stop(self._grace_seconds)
        if self.link:
            await self.link.close()

    # What sessions do

    async def opened(self, session: HubSession) -> None:
        await self.online.opened(session)

    async def closed(self, session: HubSession, clean: bool) -> None:
        self.online.closed(session)

    async def joined(self, session: HubSession, room: Room) -> Mapping[str, Any]:
        privacy, identity = privacy_of(session.grant(room)), session.identity
        key = _key(session)
        if privacy.counted or identity.user_id is None:
            roster = await self.presence.enter(room.name, identity, key, listed=privacy.listed, away=session.away)
        else:
            roster = await self.presence.enter_uncounted(room.name, identity, key)
        typing = await self.typing_now(room, identity.user_id) if privacy.types_openly else {}
        details = as_ack(roster) | ({"typing": msgspec.to_builtins(typing)} if typing else {})
        return dict(privacy.without(details))

    async def left(self, session: HubSession, room: Room, disconnected: bool, clean: bool) -> None:
        self.typing.gone(session.connection.id, room)
        self.presence.leave(room.name, _key(session), disconnected=disconnected, clean=clean)

    async def regranted(self, session: HubSession, room: Room) -> None:
        await self.show(session, room)

    def ephemeral(self, event: EphemeralEvent) -> None:
        """Takes note of who came and went: the clients here have now got it from another process."""
        if event.type in ("user:joined", "user:left", "user:away", "user:reconnected"):
            self.presence.delivered(event.room, event.version, _decode_change(event.payload).user_count)

    def went_live(self, member: Membership) -> None:
        """Sends a member who is there, when more happened before it went live than its answer said."""
        if member.presence_version != self.presence.delivered_version(member.state.name):
            self.hub.spawn(self.show(member.session, member.state.room))

    async def show(self, session: HubSession, room: Room) -> None:
        """Sends one session who is in a room and who types there."""
        roster = await self.presence.roster(room.name)
        if roster.people is not None and roster.counts.user_count:
            _send(session, room, as_snapshot(roster))
        grant = session.grant(room)
        if grant and privacy_of(grant).types_openly:
            for typing in (await self.typing_now(room, session.identity.user_id)).values():
                _send(session, room, typing)

    async def typing_now(self, room: Room, user_id: int | None) -> Mapping[str, Payload]:
        """Returns who types there, kind → event, but for oneself; nothing when the store takes too long."""
        asked = asyncio.ensure_future(self.typing.now(room, user_id))
        done, _ = await asyncio.wait([asked], timeout=_JOIN_WAIT_SECONDS)
        if not done:
            asked.cancel()
        return asked.result() if done else {}

    def _changed(self, name: str) -> None:
        room = parse_room(name)
        watch = watch_of(room)
        if watch and name not in self._watched:
            self._watched.add(name)
            self.hub.spawn(self._call_watch(room, watch))

    async def _call_watch(self, room: Room, watch: Watch) -> None:
        await asyncio.sleep(0)  # what changes in the same turn is one change
        self._watched.discard(room.name)
        watch(room, await self.presence.roster(room.name))

    async def _evicted(self, room: str, user_id: int) -> None:
        await self.typing.fell_out(parse_room(room), user_id)


_PEOPLE: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, People]" = weakref.WeakKeyDictionary()


def people_here() -> People:
    """Returns what the running loop's hub knows of people."""
    return _PEOPLE[asyncio.get_running_loop()]


async def who_is_in(session: Session, room: Room) -> PresenceReply:
    """Returns who is in a room that the session receives, as its person sees it. For async handlers.

    Raises NotJoined.
    """
    if not session.grant(room):
        raise NotJoined
    reply = as_reply(await people_here().presence.roster(room.name))
    grant = session.grant(room)
    if reply.users is None or not grant:
        return reply
    hidden_ids = privacy_of(grant).hidden_ids
    return msgspec.structs.replace(reply, users=[user for user in reply.users if user.user_id not in hidden_ids])


def attend(session: HubSession, *, away: bool) -> None:
    """Notes that the session's page is in the background, or in front again; for async handlers."""
    session.away = away
    presence = people_here().presence
    for name, present in session.joined().items():
        if present:
            presence.attend(name, _key(session), away=away)


async def count_session(session: Session, place: str) -> None:
    """Counts a session as one more guest of `place`, a name that is no room's; until `uncount_session`."""
    await people_here().presence.enter(place, ANONYMOUS, _key(session))


def uncount_session(session: Session, place: str) -> None:
    """Ends what `count_session` began."""
    people_here().presence.leave(place, _key(session))


async def sessions_in(place: str) -> int:
    """Returns how many sessions are counted in `place`, over all processes."""
    return (await people_here().presence.roster(place)).counts.guest_count


async def online_among(user_ids: Collection[int]) -> set[int]:
    """Returns who of these people is online and shows it; on the loop."""
    return await people_here().online.among(user_ids)


async def start_typing(session: Session, room: Room, kind: TypingKind, position: int | None = None) -> None:
    """Notes a keystroke of the session's person, and shows it to the others; for async handlers.

    Nothing is shown of people who keep their typing to themselves. Raises NotJoined.
    """
    grant = session.grant(room)
    if not grant or not session.is_present(room):
        raise NotJoined
    if privacy_of(grant).types_openly:
        await people_here().typing.start(room, kind, session.identity, session.connection_id, position)


async def stop_typing(session: Session, room: Room, kind: TypingKind) -> None:
    """Ends what the session's person types there; harmless when they do not. For async handlers."""
    await people_here().typing.stop(room, kind, session.identity, session.connection_id)


def typing_arrived(call: Call, room: Room, kind: TypingKind, user_id: int) -> None:
    """Ends what a person types on whatever device, because it has arrived; for handlers, in whatever thread."""
    assert isinstance(call.session, OpenSession)
    hub = call.session.hub

    def end() -> None:
        people = _PEOPLE.get(hub.loop)
        if people:
            hub.spawn(people.typing.sent(room, kind, user_id))

    hub.loop.call_soon_threadsafe(end)


def _limits() -> Limits:
    values = realtime_settings()
    return Limits(
        connection=Rate(values.connection_points_per_second, values.connection_points_burst),
        user=Rate(values.user_points_per_second, values.user_points_burst),
        address=Rate(values.anonymous_points_per_second_and_address, values.anonymous_points_burst_per_address),
        refusals=Rate(values.refusals_per_second, values.refusals_burst),
        seats_per_user=values.connections_per_user,
        seats_per_address=values.connections_per_address,
    )


def _send(session: HubSession, room: Room, payload: Payload) -> None:
    """Sends one session what its room would send it now."""
    grant = session.grant(room)
    if grant:
        shown = privacy_of(grant).without(msgspec.to_builtins(payload))
        session.notify(event_contract(payload).name, shown, room.name)


def _key(session: Session) -> SessionKey:
    return SessionKey(session.connection_id, session.namespace.name)
