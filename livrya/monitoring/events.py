"""Commands about open connections, and what is answered."""

from typing import Annotated, Any

import msgspec

from realtime.contracts import Alias, Id, Payload, command
from social.events.commands import Line


class Disconnected(Payload):
    """Whose connections have been ended."""

    user_id: int


@command("user:disconnect", reply=Disconnected, durable=True)
class DisconnectPerson(Payload):
    """End the open connections of a person, who may come again (to keep them out, close their account)."""

    user_id: Id
    reason: Line = ""


class OpenSession(Payload):
    """A session in one of the server processes of this host. `rooms`: what it receives, and how."""

    process: int
    connection_id: str
    address: str
    namespace: str
    user_id: int | None
    username: str
    buffered: int
    congested: bool
    rooms: dict[str, Any]


class OpenSessions(Payload):
    """The sessions that are found, at most 1,000."""

    sessions: list[OpenSession]


@command("session:list", reply=OpenSessions, aliases=[Alias("fetchSockets", ("room",))])
class ListSessions(Payload):
    """Tells who is connected: in a room, or of a person. Of the processes on this host."""

    room: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    user_id: Id | None = None


class Closed(Payload):
    """The room that has been closed."""

    room: str


@command("room:close", reply=Closed, durable=True)
class CloseRoom(Payload):
    """End a group (`group:5`) for everybody, as its owner could with `room:delete`."""

    room: Annotated[str, msgspec.Meta(max_length=200)]
    reason: Line = ""
