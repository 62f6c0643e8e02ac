"""A session's rooms: entering, going on, being asked again, leaving (ENTER → authorise → catch up → live)."""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from realtime.errors import ApplicationError, Conflict, NotFound, TooLarge, Unavailable
from realtime.hub.hub import Hub
from realtime.hub.room import UNKNOWN_PRESENCE, HubSession, Membership, Phase, RoomState
from realtime.positions import Position
from realtime.rooms import Grant, Room, parse_room, shared_grant

logger = logging.getLogger(__name__)

_ASK_AGAIN_SECONDS = 1.0
"""After so long a grant is asked for again that the database could not be asked for: an outage lasts seconds."""
_ROOMS_PER_POINT = 10
"""Rooms are asked for in sets, so each is cheaper than a command. Whoever comes back to as many as a session may have
(200) pays 21 points with the opening: once within the burst of an anonymous address (30)."""


def cost_of_rooms(rooms: int) -> float:
    """Returns the points for asking for so many rooms at once."""
    return rooms / _ROOMS_PER_POINT


@dataclass(frozen=True, slots=True)
class Joined:
    """How entering a room went: where the stream begins, and whether that is where the client wanted it.

    `recovered` is None when no position was given. `replayed`: how many events follow to reach the present.
    """

    position: Position
    recovered: bool | None = None
    replayed: int = 0
    reason: str | None = None

    def as_dict(self) -> dict[str, Any]:
        data: dict[str, Any] = {"position": self.position}
        if self.recovered is not None:
            data["recovered"] = self.recovered
            data |= {"replayed": self.replayed} if self.recovered else {"reason": self.reason}
        return data


Outcome = Joined | ApplicationError


class Owner(HubSession, Protocol):
    """The session whose rooms they are; `realtime.sessions.session` has it."""

    hub: Hub

    async def count_in(self, room: Room) -> dict[str, Any]:
        """Counts the person in a room; returns what presence has to say."""


class Memberships:
    """The rooms of one session. Entering is serialised, so that a room is never entered twice at a time."""

    __slots__ = ("_entering", "_held", "_rechecking", "_session", "members")

    def __init__(self, session: Owner) -> None:
        self.members: dict[str, Membership] = {}
        self._session = session
        self._entering: asyncio.Lock | None = None
        self._held: list[tuple[Membership, str]] = []
        self._rechecking: list[Membership] = []  # nearly always empty: a set has 216 bytes

    # Entering

    async def open(
        self, automatic: Sequence[Room], resume: Mapping[str, Position | None], *, present: Iterable[str], exact: bool
    ) -> dict[str, Any]:
        """Enters the automatic rooms and those to be resumed; returns each one's outcome for `session:ready`."""
        automatic = self._as_many_as_may_be(automatic)
        asked: dict[Room, Position | None] = {room: resume.get(room.name) for room in automatic}
        refused: dict[str, ApplicationError] = {}
        for name, position in resume.items():
            try:
                asked.setdefault(parse_room(name), position)
            except ApplicationError as error:
                refused[name] = error
        outcomes = await self._enter(asked, auto=set(automatic))
        for outcome in outcomes.values():
            if isinstance(outcome, ApplicationError) and outcome.retryable:
                raise outcome
        if exact:
            failed: dict[str, Outcome] = {
                room.name: outcome for room, outcome in outcomes.items() if not _is_exact(outcome, asked[room])
            }
            failed |= refused
            if failed:
                why = ", ".join(f"{name}: {_why_not(outcome)}" for name, outcome in failed.items())
                raise Conflict(f"Not every room can go on exactly where it was ({why}).")
        counted = set(present)
        for room, outcome in outcomes.items():
            if room.name in counted and isinstance(outcome, Joined):
                self.members[room.name].present = True
                self._session.rooms_changed()
                await self._session.count_in(room)
        return {room.name: _as_dict(outcome) for room, outcome in outcomes.items()} | {
            name: _as_dict(error) for name, error in refused.items()
        }

    async def enter_one(self, room: Room, since: Position | None, *, present: bool) -> Joined:
        """Enters one room because the client asks. Raises what refuses it."""
        outcome = (await self._enter({room: since}))[room]
        if isinstance(outcome, ApplicationError):
            raise outcome
        member = self.members.get(room.name)
        if member is None:
            raise NotFound
        member.wanted = True
        member.present = member.present or present
        self._session.rooms_changed()
        return outcome

    async def resume(self, positions: Mapping[str, Position | None]) -> dict[str, Any]:
        """Enters many rooms by name; a refusal is an outcome, not an exception."""
        asked: dict[Room, Position | None] = {}
        answers: dict[str, Any] = {}
        for name, position in positions.items():
            try:
                asked[parse_room(name)] = position
            except ApplicationError as error:
                answers[name] = _as_dict(error)
        outcomes = await self._enter(asked)
        for room, outcome in outcomes.items():
            if isinstance(outcome, Joined) and (member := self.members.get(room.name)):
                member.wanted = True
            answers[room.name] = _as_dict(outcome)
        return answers

    async def refresh_auto(self) -> dict[str, Any]:
        """Follows a change of the automatic rooms; returns the outcomes of those entered now."""
        session = self._session
        rooms = await session.hub.authorizer.auto_rooms(session.namespace, session.identity)
        automatic = {room.name: room for room in self._as_many_as_may_be(rooms)}
        for name, member in list(self.members.items()):
            if member.auto and name not in automatic:
                member.auto = False
                if member.wanted or member.present:
                    self.recheck(name, "")  # what has ended may have been their permission to be there
                else:
                    self._end(member)
                    # Or its client would take the room for its own, and resume it.
                    session.notify("room:left", {"reason": "You are not brought here any more."}, name)
        new = {room: None for name, room in automatic.items() if name not in self.members}
        for name in automatic:
            if name in self.members:
                self.members[name].auto = True
        outcomes = await self._enter(new, auto=set(new))
        return {room.name: _as_dict(outcome) for room, outcome in outcomes.items()}

    def _as_many_as_may_be(self, rooms: Sequence[Room]) -> Sequence[Room]:
        return rooms[: self._session.hub.settings.max_rooms_per_session]

    async def _enter(
        self, asked: Mapping[Room, Position | None], *, auto: set[Room] | None = None
    ) -> dict[Room, Outcome]:
        if not asked:
            return {}
        if self._entering is None:
            self._entering = asyncio.Lock()
        async with self._entering:
            outcomes: dict[Room, Outcome] = {}
            new: dict[Room, Membership] = {}
            for room, since in asked.items():
                member = self.members.get(room.name)
                if member is not None:
                    outcomes[room] = await self._restart(member, since)
                elif type(room) not in self._session.namespace.rooms and room not in (auto or ()):
                    outcomes[room] = _no_such_room(room)
                elif len(self.members) >= self._session.hub.settings.max_rooms_per_session:
                    outcomes[room] = TooLarge("That are too many rooms for one session.")
                else:
                    member = new[room] = self._session.hub.enter(self._session, room)
                    self.members[member.state.name] = member  # the room's own text: one for all of its members
            try:
                outcomes |= await self._authorise(new, asked)
            except BaseException:
                for member in new.values():
                    self._end(member)
                raise
            for room in auto or ():
                if (member := self.members.get(room.name)) is not None:
                    member.auto = True
            return outcomes

    async def _authorise(
        self, new: Mapping[Room, Membership], asked: Mapping[Room, Position | None]
    ) -> dict[Room, Outcome]:
        """Pending members become held or are refused; a revocation in between makes the question asked again."""
        outcomes: dict[Room, Outcome] = {}
        waiting = dict(new)
        while waiting:
            grants = await self._ask(waiting)
            for room, member in list(waiting.items()):
                grant = grants.get(room)
                reached = grant is None or member.stale or await self._reach(member.state, grant, asked[room])
                if member.stale and member.phase is not Phase.ENDED:
                    continue
                del waiting[room]
                if member.phase is Phase.ENDED or grant is None:
                    self._end(member)
                    outcomes[room] = _no_such_room(room)
                elif not reached:
                    self._end(member)
                    outcomes[room] = Unavailable(retry_after_ms=1000)
                else:
                    outcomes[room] = self._hold(member, grant, asked[room])
        return outcomes

    async def _ask(self, members: Mapping[Room, Membership]) -> Mapping[Room, Grant | None]:
        hub = self._session.hub
        # The places first: what is revoked up to them the policies see, what is revoked later the hub gets.
        loading = hub.load([member.state for member in members.values()])
        for member in members.values():
            member.stale = False
        answer = hub.authorizer.authorise(self._session.identity, list(members))
        await loading
        return await answer

    async def _reach(self, state: RoomState, grant: Grant, since: Position | None) -> bool:
        """Has the hub go where the client claims to be and where the grant begins; False when it is not there yet.

        Before the beginning of the grant nobody may be live: what comes up to there is not for them. A client that
        names another epoch may know more than this hub: it has got the room's first event, or of a new epoch,
        at another process.
        """
        claimed = since.seq if since is not None and since.epoch else 0
        foreign = since is not None and since.epoch not in ("", state.epoch)
        wanted, reached = max(claimed, grant.from_seq), True
        if foreign or wanted > state.seq:
            reached = await self._session.hub.reach(state, wanted)
        return reached and state.seq >= grant.from_seq

    def _hold(self, member: Membership, grant: Grant, since: Position | None) -> Joined:
        """Gives a member its place; in the same step in which it was seen that the grant still holds."""
        member.grant = shared_grant(grant)
        state = member.state
        joined = _place(state, grant, since)
        member.phase = Phase.HELD
        member.seq = joined.position.seq
        self._held.append((member, state.epoch))
        return joined

    async def _restart(self, member: Membership, since: Position | None) -> Outcome:
        """The room is received already: says where it is, or begins again at the place asked for."""
        state = member.state
        if since is None or since == Position(state.epoch, member.place()):
            return Joined(Position(state.epoch, member.place()), True if since else None)
        assert member.grant is not None
        reached = await self._reach(state, member.grant, since)
        if member.phase is Phase.ENDED:
            return _no_such_room(state.room)
        if not reached:
            return Unavailable(retry_after_ms=1000)
        if member.phase is Phase.LIVE:
            state.leave_live(member, Phase.HELD)
        return self._hold(member, member.grant, since)

    @property
    def held(self) -> list[Membership]:
        """See `Session.held`."""
        return [member for member, _ in self._held if member not in self._rechecking] if self._held else []

    def release(self, only: Iterable[str] | None = None) -> None:
        """Lets the streams of held members begin, now that their positions have been sent.

        `only`: of these rooms; the answer about the others is still to come.
        """
        answered = None if only is None else frozenset(only)
        held = [entry for entry in self._held if answered is None or entry[0].state.name in answered]
        self._held = [entry for entry in self._held if answered is not None and entry[0].state.name not in answered]
        hub = self._session.hub
        for member, epoch in held:
            if member.phase is not Phase.HELD or member in self._rechecking:
                continue
            self._begin(member)
            if epoch not in ("", member.state.epoch):
                hub.reset_member(member, "epoch")

    def _begin(self, member: Membership) -> None:
        """Begins a held member's stream; behind the beginning of its grant, if it was revoked and granted again."""
        hub, grant = self._session.hub, member.grant
        if grant is not None and member.seq < grant.from_seq:
            hub.reset_member(member, "trimmed", grant.from_seq)
        hub.catch_up.begin(member)

    # Being asked again

    def recheck(self, room: str, reason: str) -> None:
        """Stops a member where it is and asks its policy again."""
        member = self.members.get(room)
        if member is None or member.phase is Phase.ENDED:
            return
        pending = member.phase is Phase.PENDING
        if member.phase is Phase.LIVE:
            member.state.leave_live(member, Phase.HELD)
        elif member.phase is Phase.CATCHING_UP:
            member.phase = Phase.HELD
        member.stale = True
        member.presence_version = UNKNOWN_PRESENCE
        if not pending and member not in self._rechecking:  # else the one on its way asks once more
            self._rechecking.append(member)
            self._session.hub.spawn(self._recheck(member, reason))

    async def _recheck(self, member: Membership, reason: str) -> None:
        session, state, room = self._session, member.state, member.state.room
        try:
            grant, reached = None, True
            while (member.stale or not reached) and member.phase is not Phase.ENDED:
                try:
                    grant = (await self._ask({room: member})).get(room)
                    reached = grant is None or await self._reach(state, grant, None)
                except Unavailable:
                    # Nobody has said no. Until somebody can, nothing of the room is sent, and nothing is lost.
                    member.stale, reached = True, False
                    await asyncio.sleep(_ASK_AGAIN_SECONDS)
        except Exception:
            logger.exception("A grant could not be checked again; it ends, to be safe.")
            grant = None
        finally:
            self._rechecking.remove(member)
        member.stale = False
        if member.phase is Phase.ENDED:
            return
        if grant is not None:
            before, member.grant = member.grant, shared_grant(grant)
            if all(held is not member for held, _ in self._held):  # else its answer comes first, and then the stream
                self._begin(member)
            if member.present:
                await session.count_in(room)  # once more: what the person hides may have changed
            elif before is not None and _shows(before) != _shows(grant):
                for part in session.hub.parts:
                    await part.regranted(session, room)
            return
        present = member.present
        self._end(member)
        session.notify("room:left", {"reason": reason or "You may not be here any more."}, room.name)
        if present:
            await self._count_out(room, disconnected=False)

    # Leaving

    async def leave(self, room: Room) -> None:
        member = self.members.get(room.name)
        if member is None:
            return
        present, member.present, member.wanted = member.present, False, False
        self._session.rooms_changed()
        if not member.auto:
            self._end(member)
        if present:
            await self._count_out(room, disconnected=False)

    async def _count_out(self, room: Room, *, disconnected: bool) -> None:
        for part in self._session.hub.parts:
            await part.left(self._session, room, disconnected, True)

    def _end(self, member: Membership) -> None:
        self._session.hub.leave(member)
        if self.members.get(member.state.name) is member:
            del self.members[member.state.name]

    def end_all(self) -> list[Room]:
        """Ends every membership at once; returns the rooms in which the person was counted."""
        present = [member.state.room for member in self.members.values() if member.present]
        for member in list(self.members.values()):
            self._end(member)
        return present


def _place(state: RoomState, grant: Grant, since: Position | None) -> Joined:
    """Decides where a stream begins, by the room's place as the hub knows it."""
    now = state.position
    if since is None:
        return Joined(now)
    if since.epoch not in ("", state.epoch) or (not since.epoch and since.seq):
        return Joined(now, False, reason="epoch")
    if since.seq > state.seq:
        return Joined(now, False, reason="ahead")
    start = max(since.seq, min(grant.from_seq, state.seq))
    if start < state.min_seq - 1:
        return Joined(now, False, reason="trimmed")
    return Joined(Position(state.epoch, start), True, state.seq - start)


def _shows(grant: Grant) -> object:
    """Returns what differs between one grant's view and another's."""
    return grant.view.key if grant.view is not None else None


def _is_exact(outcome: Outcome, since: Position | None) -> bool:
    return isinstance(outcome, Joined) and (since is None or outcome.recovered is True)


def _why_not(outcome: Outcome) -> str | None:
    return outcome.code if isinstance(outcome, ApplicationError) else outcome.reason


def _no_such_room(room: Room) -> NotFound:
    return NotFound("There is no such room here.", details={"room": room.name})


def _as_dict(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, ApplicationError):
        return {"recovered": False, "reason": outcome.code, "error": outcome.as_dict()}
    return outcome.as_dict()
