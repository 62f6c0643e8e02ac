"""One namespace on one connection: who is there, which rooms they receive, and what they ask for.

Neutral of doors: a door makes a Connection and a Wire, opens a Session, and submits Requests.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from realtime.contracts import event_contract
from realtime.errors import CloseCode, Forbidden, RateLimited, Unauthenticated, Unavailable, ValidationFailed
from realtime.hub.alarms import Alarm
from realtime.hub.hub import Hub
from realtime.hub.room import Membership, Phase
from realtime.identity import Identity
from realtime.log.revocation import UserRoom
from realtime.namespaces import Namespace
from realtime.positions import Position
from realtime.rooms import Grant, Room, Roster
from realtime.sessions.dispatch import Request, carry_out, end_if_abusive, refusal
from realtime.sessions.memberships import Memberships, cost_of_rooms
from realtime.transport.connection import Connection
from realtime.transport.wire import Wire

logger = logging.getLogger(__name__)

T = TypeVar("T")
Q = TypeVar("Q", bound=Hashable)
A = TypeVar("A")


# So many commands of one session are carried out before others have their turn: a refusal waits for nothing.
_COMMANDS_AT_ONCE = 8
_MEANT = {CloseCode.NORMAL, CloseCode.REVOKED, CloseCode.FORBIDDEN, CloseCode.UNAUTHENTICATED}


def check_number_of_rooms(hub: "Hub", number: int) -> None:
    """Raises ValidationFailed when a client names more rooms than a session may have; to be asked before any work."""
    if number > hub.settings.max_rooms_per_session:
        raise ValidationFailed("That are too many rooms.", details={"field": "rooms"})


class Session:
    """Belongs to the loop. Commands are carried out one after another, in the order of their arrival.

    `away`: its page is in the background.
    """

    __slots__ = (
        "__weakref__",
        "_departed",
        "_expiry",
        "_inbox",
        "_opened",
        "_outdated",
        "_rooms",
        "_watch",
        "_worker",
        "away",
        "closed",
        "connection",
        "hub",
        "identity",
        "namespace",
        "wire",
    )

    def __init__(self, hub: Hub, connection: Connection, wire: Wire, namespace: Namespace, identity: Identity) -> None:
        self.hub = hub
        self.connection = connection
        self.wire = wire
        self.namespace = namespace
        self.identity = identity
        self.closed = False
        self.away = False
        self._opened = False
        self._outdated = False
        self._rooms = Memberships(self)
        self._watch: Membership | None = None
        self._inbox: list[Request] = []  # short, and nearly always empty: an empty deque has 760 bytes
        self._worker: asyncio.Task[None] | None = None
        self._expiry: Alarm | None = None
        self._departed: tuple[list[Room], bool] | None = None

    @property
    def memberships(self) -> dict[str, Membership]:
        """The rooms that this session receives, or is about to, by name."""
        return self._rooms.members

    @property
    def actor_key(self) -> str:
        """Whose requestIds they are: the user's on all devices, or this connection's when anonymous."""
        identity = self.identity
        return f"user:{identity.user_id}" if identity.user_id is not None else f"connection:{self.connection.id}"

    @property
    def connection_id(self) -> str:
        """What `emit(skip=…, to=…)` takes."""
        return self.connection.id

    # Work for handlers

    async def read(self, function: Callable[..., T], *arguments: Any) -> T:
        """Returns what `function`, which reads the database, returns; called in a thread."""
        return await self.hub.handlers.run(function, *arguments)

    def ask(self, answering: Callable[[list[Q]], Sequence[A | Exception]], question: Q) -> Awaitable[A]:
        """Returns the answer to come from a function that reads them for many sessions at once, in their order."""
        return self.hub.questions.ask(answering, question)

    async def write(self, room: Room, function: Callable[..., T], *arguments: Any) -> T:
        """Returns what `function`, which writes, returns; called in a thread, one after another for each room.

        It may share a transaction with its neighbours, and is then called again when that failed.
        """
        return await self.hub.lanes.run(room.name, partial(function, *arguments), batchable=True)

    async def roster(self, room: Room) -> Roster:
        """Returns who is in a room, over all processes, for whoever asks. Raises Unavailable without presence."""
        if self.hub.rosters is None:
            raise Unavailable
        return await self.hub.rosters(room.name)

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Runs `work` until it ends or the hub does; what it raises is logged."""
        return self.hub.spawn(work)

    # Opening

    async def open(
        self,
        resume: Mapping[str, Position | None] | None = None,
        *,
        present: frozenset[str] = frozenset(),
        exact: bool = False,
    ) -> dict[str, Any]:
        """Enters the namespace: watches for revocations, enters the automatic rooms, says `session:ready`.

        `resume`: positions from which rooms go on; rooms beyond the automatic ones are entered too, those in
        `present` counting the person. `exact`: raises Conflict, with nothing said, when one of them cannot go
        on exactly; otherwise each room's outcome is in `session:ready`, and is returned.

        Raises ValidationFailed for more rooms than a session may have, Unauthenticated or Forbidden when the namespace
        does not admit the identity, RateLimited for one that opens too much, Unavailable when the database does not
        answer, also for one of the rooms: it would be missed for as long as the session lasts.
        """
        if resume:
            check_number_of_rooms(self.hub, len(resume))
        if not self.namespace.admits(self.identity):
            raise Unauthenticated if self.identity.is_anonymous else Forbidden
        await self.hub.seat(self.connection, self.identity)
        await self._pay_for_opening(len(resume or {}))
        if resume:
            self.hub.statistics.resumptions += 1
        self.connection.sessions[self.namespace.name] = self
        try:
            automatic = await self._begin()
            outcomes = await self._rooms.open(automatic, resume or {}, present=present, exact=exact)
            greeting = await self._greeting(resume or {})
        except BaseException:
            await self.close(clean=True)
            raise
        if self.closed:
            return outcomes
        self._set_expiry()
        self.notify("session:ready", self._describe(outcomes))
        for room, payload in greeting:
            self.notify(event_contract(payload).name, payload, room.name)
        logger.debug("%s opens %s for %s", self.connection.id, self.namespace.name, self.identity)
        self._rooms.release()
        self._opened = True
        if self._outdated:  # what the automatic rooms are has changed since they were asked for
            self.hub.spawn(self.refresh_auto_rooms())
        self._call_parts()
        if self.namespace.opened is not None:
            self.hub.spawn(self.namespace.opened(self))
        self._work_on()
        return outcomes

    async def _pay_for_opening(self, rooms: int) -> None:
        await self.charge(1 + cost_of_rooms(rooms), ahead=False)

    async def charge(self, cost: float, *, ahead: bool = True) -> None:
        """Takes points of the connection and its person or address, see `ConnectionLimits.charge`."""
        if self.connection.limits is not None:
            await self.connection.limits.charge(self.identity, cost, ahead=ahead)

    def _call_parts(self) -> None:
        for part in self.hub.parts:
            self.hub.spawn(part.opened(self))

    def _describe(self, outcomes: Mapping[str, Any]) -> dict[str, Any]:
        identity = self.identity
        return {
            "connectionId": self.connection.id,
            "userId": identity.user_id,
            "username": identity.username or None,
            "expiresAt": identity.expires_at_ms,
            "rooms": outcomes,
        }

    async def _greeting(self, resumed: Mapping[str, Position | None]) -> list[tuple[Room, Any]]:
        words = await self.hub.authorizer.greeting(self.namespace, self.identity)
        return [
            (room, payload) for room, payload in words if room.name not in resumed and room.name in self.memberships
        ]

    async def _begin(self) -> Sequence[Room]:
        """Has the person watched, then re-reads whether they may still be here; returns the automatic rooms."""
        watching = self._watch_for_revocations()
        valid = self.hub.authorizer.still_valid(self.identity)
        automatic = self.hub.authorizer.auto_rooms(self.namespace, self.identity)
        if watching is not None:
            await watching
        if not await valid:
            raise Unauthenticated
        return await automatic

    def _watch_for_revocations(self) -> Awaitable[None] | None:
        """Enters the person's own room for the engine alone; what is asked from now on fits the place there."""
        if self.identity.user_id is None:
            return None
        self._watch = self.hub.enter(self, UserRoom(self.identity.user_id))
        self._watch.watching = True
        self._watch.phase = Phase.HELD
        return self.hub.load([self._watch.state])

    # Commands

    def submit(self, request: Request) -> None:
        """Takes one command; it is answered through `request.answer` when its turn has come."""
        if self.closed:
            return
        if len(self._inbox) >= self.hub.settings.inbox_limit:
            self._charge_for_refusal()
            if request.answer is not None:
                request.answer(refusal(RateLimited(retry_after_ms=1000)))
            return
        self._inbox.append(request)
        if self._opened:
            self._work_on()

    def _charge_for_refusal(self) -> None:
        """Counts a command that is refused unread against the connection, which ends when it goes on and on."""
        if self.connection.limits is not None:
            with contextlib.suppress(RateLimited):
                self.connection.limits.attempt()
            end_if_abusive(self)

    def _work_on(self) -> None:
        if self._inbox and self._worker is None:
            self._worker = self.hub.spawn(self._work())

    async def _work(self) -> None:
        done = 0
        try:
            while self._inbox and not self.closed:
                request = self._inbox[0]
                answer = await carry_out(self, request)
                self._inbox.pop(0)
                if request.answer is not None and not self.closed:
                    self.send_places()
                    request.answer(answer)
                self._rooms.release()
                done += 1
                if done % _COMMANDS_AT_ONCE == 0:
                    await asyncio.sleep(0)
        finally:
            self._worker = None

    @property
    def opened(self) -> bool:
        """Whether `session:ready` was said and its rooms have begun, and it is not over."""
        return self._opened

    @property
    def over(self) -> bool:
        """Whether `bye` was said, or the session is closed: its rooms are no longer what its client had."""
        return self.closed or self._departed is not None

    @property
    def idle(self) -> bool:
        """Whether every command so far has had its answer."""
        return not self._inbox

    async def settled(self, timeout_seconds: float) -> bool:
        """Waits until the session is idle; False when that took too long."""
        deadline = self.hub.loop.time() + timeout_seconds
        while not self.idle and self.hub.loop.time() < deadline:  # noqa: ASYNC110  # only when a session moves
            await asyncio.sleep(0.01)
        return self.idle

    # Rooms (for async handlers)

    async def join(self, room: Room, since: Position | None = None, *, present: bool = False) -> dict[str, Any]:
        """Enters a room and returns the answer's data: room, position, and what presence has to say.

        The next durable event of the room has the position's seq + 1; nothing of it is sent before the
        command's answer. With `since`, `recovered` says whether the stream goes on from there, otherwise
        `reason` says why it cannot and the stream starts from now. `present` counts the person.

        Raises NotFound for a room that does not exist or is not for this person: both look alike.
        """
        joined = await self._rooms.enter_one(room, since, present=present)
        data = joined.as_dict() | {"room": room.name}
        if present:
            data |= await self.count_in(room)
        return data

    async def count_in(self, room: Room) -> dict[str, Any]:
        """Counts the person in a room; returns what the hub's parts have to say."""
        details: dict[str, Any] = {}
        for part in self.hub.parts:
            details |= await part.joined(self, room)
        member = self.memberships.get(room.name)
        if member is not None:
            member.presence_version = details.get("version", member.presence_version)
        return details

    async def leave(self, room: Room) -> None:
        """Takes the person out; an automatic room goes on being received. Harmless when not joined."""
        await self._rooms.leave(room)

    def grant(self, room: Room) -> Grant | None:
        """Returns the session's permission to receive the room, None when it has none (any more)."""
        member = self.memberships.get(room.name)
        return member.grant if member is not None else None

    def is_present(self, room: Room) -> bool:
        """Tells whether this session counts its person in the room."""
        member = self.memberships.get(room.name)
        return member is not None and member.present

    async def resume(self, positions: Mapping[str, Position | None]) -> dict[str, Any]:
        """Enters many rooms at once, each from its position or (None) from now; returns each one's outcome."""
        self.hub.statistics.resumptions += 1
        return await self._rooms.resume(positions)

    def positions(self) -> dict[str, Position | None]:
        """Returns what has been written for each received room; None while that is not known yet."""
        return {
            name: None if member.phase is Phase.PENDING else Position(member.state.epoch, member.place())
            for name, member in self.memberships.items()
        }

    def joined(self) -> dict[str, bool]:
        """Returns the received rooms, and whether the person is counted there."""
        return {name: member.present for name, member in self.memberships.items()}

    # Words of the engine

    def notify(self, name: str, payload: Any, room: str | None = None) -> None:
        """Sends it to this session alone, outside of any log."""
        if not self.closed:
            self.connection.write(self.wire.notice(self.namespace.name, name, payload, room))

    # Being asked again

    def recheck_room(self, room: str, reason: str) -> None:
        """Stops the room at once and asks its policy again; goes on where it stopped when still allowed."""
        self._rooms.recheck(room, reason)

    async def recheck_identity(self, reason: str) -> None:
        """Asks whether the sign-in still holds: if not, the connection ends; if so, each room is asked again."""
        try:
            valid = await self.hub.authorizer.still_valid(self.identity)
        except Exception as error:
            if not isinstance(error, Unavailable):
                logger.exception("A sign-in could not be checked again; the connection is closed to be safe.")
            # Nobody has said that it has ended: the client may come back, and is asked about then.
            self.end(CloseCode.SERVICE_RESTART, "Your sign-in cannot be checked right now.", retry_after_ms=1000)
            return
        if not valid:
            self.expel(reason)
            return
        for room in list(self.memberships):
            self.recheck_room(room, reason)
        self._call_parts()

    def expel(self, reason: str) -> None:
        """Ends the connection because permission to be here has ended."""
        self.end(CloseCode.REVOKED, reason or "Your sign-in has ended.")

    def end(self, code: CloseCode, reason: str, retry_after_ms: int | None = None) -> None:
        """Says `bye` and closes the connection; nothing of any room is sent after that."""
        if self.over:
            return
        # What is on its way still belongs to the rooms as they are; behind `bye` nobody has a position.
        self.connection.flush()
        bye: dict[str, Any] = {"code": int(code), "reason": reason}
        if retry_after_ms is not None:
            bye["retryAfter"] = retry_after_ms
        self.notify("bye", bye)
        self._departed = (self._rooms.end_all(), code in _MEANT)
        self.connection.close(code, reason)

    def rooms_changed(self) -> None:
        """See `HubSession.rooms_changed`; for doors that send their clients their positions."""

    def replayed(self) -> None:
        """See `HubSession.replayed`."""

    def send_places(self) -> None:
        """Called before the client learns that it is in a room, or out of one: who knows that shall know its place."""

    @property
    def held(self) -> list[Membership]:
        """The members that have a place, and whose streams begin behind an answer that is still to come."""
        return self._rooms.held

    async def refresh_auto_rooms(self) -> None:
        """Enters and leaves what the namespace's automatic rooms are now."""
        if self.closed:
            return
        if not self._opened:
            self._outdated = True
            return
        outcomes = await self._rooms.refresh_auto()
        if outcomes:
            self.send_places()
            self.notify("rooms:entered", {"rooms": outcomes})
        self._rooms.release(outcomes)

    # Expiry

    def renew(self, identity: Identity) -> None:
        """Goes on with a fresh credential of the same person. Raises Forbidden for somebody else's."""
        if identity.user_id != self.identity.user_id:
            raise Forbidden("That token is somebody else's.")
        self.identity = identity
        self._set_expiry()

    def _set_expiry(self) -> None:
        self._forget_expiry()
        if self.identity.expires_at_ms is not None:
            self._expire_later(self.hub.settings.expiry_warning_seconds, Session._expiring)

    def _expire_later(self, ahead_seconds: float, act: Callable[["Session"], None]) -> None:
        """Calls `act` so long before the sign-in ends."""
        assert self.identity.expires_at_ms is not None
        left = (self.identity.expires_at_ms - self.hub.now_ms()) / 1000 - ahead_seconds
        self._expiry = self.hub.alarms.set(self.hub.loop.time() + max(0.0, left), act, self)

    def _expiring(self) -> None:
        self.notify("auth:expiring", {"expiresAt": self.identity.expires_at_ms})
        self._expire_later(0.0, Session._expired)

    def _expired(self) -> None:
        self.end(CloseCode.TOKEN_EXPIRED, "Your sign-in has expired.")

    def _forget_expiry(self) -> None:
        if self._expiry is not None:
            self.hub.alarms.cancel(self._expiry)
            self._expiry = None

    # The end

    async def close(self, *, clean: bool, moved: bool = False) -> None:
        """Leaves everything; called by the connection's task whatever ended it, and more than once harmlessly.

        `moved`: the person goes on at another process, so presence counts it as a cut, with grace.
        """
        if self.closed:
            return
        logger.debug("%s closes %s, clean: %s", self.connection.id, self.namespace.name, clean)
        self.closed = True
        self._opened = False
        self.connection.sessions.pop(self.namespace.name, None)
        self._forget_expiry()
        if self._worker is not None:
            self._worker.cancel()
        self._inbox.clear()
        if self._watch is not None:
            self.hub.leave(self._watch)
            self._watch = None
        present = self._rooms.end_all()
        if self._departed is not None:
            present, clean = self._departed
        # As a task of the hub: the connection's own task may be in the middle of being cancelled.
        farewell = self.hub.spawn(self._say_farewell(present, clean and not moved))
        await asyncio.shield(farewell)

    async def _say_farewell(self, present: list[Room], clean: bool) -> None:
        for part in self.hub.parts:
            try:
                for room in present:
                    await part.left(self, room, True, clean)
                await part.closed(self, clean)
            except Exception:
                logger.exception("A part of the hub failed at the end of a session.")
