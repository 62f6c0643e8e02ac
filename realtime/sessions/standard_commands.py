"""Commands that every namespace takes: receiving rooms, going on after a break, staying signed in."""

from typing import Annotated, Any

import msgspec

from realtime.contracts import Alias, Payload, command
from realtime.errors import Unauthenticated, ValidationFailed
from realtime.identity import authenticator
from realtime.log.events import read_event_id
from realtime.namespaces import Call, standard
from realtime.positions import Position
from realtime.rooms import parse_room
from realtime.sessions.memberships import cost_of_rooms
from realtime.sessions.session import Session, check_number_of_rooms

EventId = Annotated[str, msgspec.Meta(max_length=300)]


@command(
    "session:resume",
    reply=dict[str, Any],
    aliases=[Alias("rejoin-rooms", ("rooms",)), Alias("sync-events", ("since",))],
)
class ResumeSession(Payload):
    """Goes on with rooms after a break: each from its position, or from now where that is null.

    A list of names goes on from now with each. `since` is for clients that keep no positions: the id of the last
    durable event that they have, whose room goes on behind it.

    Per room `{recovered: true, replayed, position}`, or `{recovered: false, reason}`: epoch, trimmed or ahead
    (load the state afresh; the room goes on from `position`), or the code of the error that refuses it.
    """

    rooms: dict[str, Position | None] | list[str] = {}
    since: EventId | None = None


@command("room:subscribe", reply=dict[str, Any])
class SubscribeRoom(Payload):
    """Receives a room without being counted as present, from `since` or from now."""

    room: str
    since: Position | None = None


@command("room:unsubscribe")
class UnsubscribeRoom(Payload):
    """Ends `room:subscribe` and presence there; rooms that are entered by themselves go on."""

    room: str


@command("auth:refresh", reply=dict[str, Any])
class RefreshSignIn(Payload):
    """Goes on being signed in with a fresh access token of the same person; answers `{expiresAt}`."""

    token: str


@command("session:ping", reply=dict[str, Any])
class Ping(Payload):
    """Answers `{time}`, the server's Unix milliseconds."""


@command("ping", reply=dict[str, Any])
class Heartbeat(Payload):
    """Answers `{time}` as `session:ping` does, and says `pong`: for clients with a heartbeat of their own."""


def _own(call: Call) -> Session:
    """Returns the session with all that it can, which is more than handlers of apps see."""
    assert isinstance(call.session, Session)
    return call.session


@standard.handles(ResumeSession)
async def resume_session(call: Call, command: ResumeSession) -> dict[str, Any]:
    session = _own(call)
    check_number_of_rooms(session.hub, len(command.rooms))
    rooms = dict.fromkeys(command.rooms) if isinstance(command.rooms, list) else dict(command.rooms)
    if command.since is not None:
        known = read_event_id(command.since)
        if known is None:
            raise ValidationFailed("That is the id of no durable event.", details={"field": "since"})
        rooms[known[0]] = known[1]
    await session.charge(cost_of_rooms(len(rooms)))
    return await session.resume(rooms)


@standard.handles(SubscribeRoom)
async def subscribe_room(call: Call, command: SubscribeRoom) -> dict[str, Any]:
    return await call.session.join(parse_room(command.room), command.since)


@standard.handles(UnsubscribeRoom)
async def unsubscribe_room(call: Call, command: UnsubscribeRoom) -> None:
    await call.session.leave(parse_room(command.room))


@standard.handles(RefreshSignIn)
async def refresh_sign_in(call: Call, command: RefreshSignIn) -> dict[str, Any]:
    if call.identity.is_anonymous:
        raise Unauthenticated
    identity = await call.read(authenticator().from_token, command.token)
    _own(call).renew(identity)
    return {"expiresAt": identity.expires_at_ms}


@standard.handles(Ping)
async def ping(call: Call, command: Ping) -> dict[str, Any]:
    return {"time": _own(call).hub.now_ms()}


@standard.handles(Heartbeat)
async def heartbeat(call: Call, command: Heartbeat) -> dict[str, Any]:
    payload = {"time": _own(call).hub.now_ms()}
    call.session.notify("pong", payload)
    return payload
