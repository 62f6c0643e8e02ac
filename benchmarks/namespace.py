"""The namespace `/bench` on the product's engine; see `benchmarks.server`."""

import itertools
import os
from collections.abc import Sequence
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
django.setup()

from realtime import emit  # noqa: E402  # after the apps are loaded
from realtime.contracts import Payload, command, event  # noqa: E402
from realtime.identity import Identity  # noqa: E402
from realtime.namespaces import Call, Commands, Namespace  # noqa: E402
from realtime.rooms import Grant, Room, authorises  # noqa: E402
from realtime.routing import websocket_application  # noqa: E402


class BenchRoom(Room, pattern="bench:{bench_id}"):
    """Open to everybody."""

    bench_id: int


class OwnRoom(Room, pattern="bench_own:{number}"):
    """One connection's alone, as a reader's bell is."""

    number: int


class TopicRoom(Room, pattern="bench_topic:{topic_id}"):
    """One of 200 that many are in, as a book's is for its subscribers."""

    topic_id: int


def _everybody(identity: Identity, rooms: Sequence[Room]) -> dict[Room, Grant | None]:
    return {room: Grant() for room in rooms}


for _room in (BenchRoom, OwnRoom, TopicRoom):
    authorises(_room)(_everybody)

_numbers = itertools.count()
_names = bool(os.environ.get("BENCH_NAMES"))


def _automatic(identity: Identity) -> list[Room]:
    """Returns the room of all, and with names those that the next connection has beside: one of each 20 topics."""
    if not _names:
        return [BenchRoom(1)]
    number = next(_numbers)
    topics = [20 * part + (number * (part + 1) + number // 20) % 20 for part in range(10)]
    return [BenchRoom(1), OwnRoom(number), *map(TopicRoom, topics)]


class Message(Payload, forbid_unknown_fields=False):
    """What load generators send; other fields are passed over, `data` carries anything."""

    n: int = 0
    at: float = 0.0
    pad: str = ""
    text: str = ""
    data: Any = None
    room: int = 1


@command("bench:publish")
class Publish(Message):
    """Relays to the room what is given, in passing."""


@command("bench:store", durable=True)
class Store(Message):
    """Relays to the room what is given, for good."""


@command("bench:move")
class Move(Payload):
    """Leaves the room of the beginning for another."""

    room: int


@event("bench:said", rooms=[BenchRoom], durable=False)
class Said(Message):
    """Somebody published."""


@event("bench:stored", rooms=[BenchRoom])
class Stored(Message):
    """Somebody stored."""


bench = Commands()


def _fields(message: Message) -> dict[str, Any]:
    return {name: getattr(message, name) for name in message.__struct_fields__}


@bench.handles(Publish)
async def publish(call: Call, message: Publish) -> None:
    emit(BenchRoom(message.room), Said(**_fields(message)))


@bench.handles(Store, lane=lambda message: BenchRoom(message.room))
def store(call: Call, message: Store) -> None:
    emit(BenchRoom(message.room), Stored(**_fields(message)))


@bench.handles(Move)
async def move(call: Call, message: Move) -> None:
    await call.session.leave(BenchRoom(1))
    await call.session.join(BenchRoom(message.room))


namespace = Namespace("/bench", commands=[bench], rooms=[BenchRoom, OwnRoom, TopicRoom], auto_rooms=_automatic)

application = websocket_application
