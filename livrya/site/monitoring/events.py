"""Commands about open connections, and what is answered."""

from typing import Annotated, Any

import msgspec

from realtime import UserRoom
from realtime.contracts import Alias, Id, Payload, command, event
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


class StatsSubscribed(Payload):
    """How often `room:stats` comes from now on; 0: no longer."""

    interval_seconds: int


@command("stats:subscribe", reply=StatsSubscribed, cost=5)
class SubscribeStats(Payload):
    """Get `room:stats` at once and every so many seconds, until this session ends; 0 ends it before."""

    interval_seconds: Annotated[int, msgspec.Meta(ge=0, le=300)] = 10


class RoomUse(Payload):
    """A room and who receives it now; its people are those who are signed in.

    `rate`: its events of the log a second. `createdAt`: of groups alone.
    """

    room: str
    user_count: int
    socket_count: int
    rate: float | None
    created_at: int | None
    type: str


class RoomsBySize(Payload):
    """How many rooms have so many people, and fewer than the next entry says."""

    at_least: int
    rooms: int


class Latencies(Payload):
    """From commit to fan-out, in milliseconds."""

    p50: int
    p95: int
    p99: int


class ServerProcess(Payload):
    """A server process of this host; `layer` is `ok` or `down`."""

    process: int
    started_at: int
    connections: int
    layer: str


@event("room:stats", rooms=[UserRoom], durable=False)
class RoomStats(Payload):
    """What the server processes of this host count, for staff who said `stats:subscribe`.

    Rates are a second's, since the `room:stats` before; null in the first. `rooms`: the 100 that most connections
    receive. Users are people who are signed in. `reconnectionRate`: how often sessions went on from a position,
    after a break or from a page. `messagesPerSecond`: events written to clients. `deliveryLatencyMs`: of the last 1,000
    durable events of each process. `errorRate`: refused of all commands, from 0 to 1. `redisMemoryBytes`: null
    without Redis, or when it does not answer.
    """

    total_rooms: int
    empty_rooms: int
    total_users: int
    rooms: list[RoomUse]
    users_per_room: list[RoomsBySize]
    connections: int
    connection_rate: float | None
    reconnection_rate: float | None
    messages_per_second: float | None
    delivery_latency_ms: Latencies
    error_rate: float | None
    redis_memory_bytes: int | None
    processes: list[ServerProcess]
