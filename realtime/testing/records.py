"""What a history is made of: the log as it was in the end, and each client's connections, frame by frame."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from realtime.positions import Position
from realtime.testing.frames import READERS, Began, Left, Observation, Received, Reset


class Entry(NamedTuple):
    """One event as the log has it; `payload` is its JSON."""

    room: str
    seq: int
    type: str
    payload: str
    internal: bool

    @property
    def text(self) -> str | None:
        """The payload's `text`, None where there is none."""
        decoded = json.loads(self.payload)
        text = decoded.get("text") if isinstance(decoded, dict) else None
        return text if isinstance(text, str) else None


class End(NamedTuple):
    """Where a room's log ends, and how far back it is kept."""

    epoch: str
    seq: int
    min_seq: int


@dataclass(frozen=True, slots=True)
class Log:
    """The whole log at one moment."""

    ends: Mapping[str, End]
    entries: Mapping[tuple[str, int], Entry]

    @classmethod
    def read(cls, cursor: Any) -> "Log":
        """Reads it through any cursor of the database: Django's, or that of a driver of one's own.

        To be called in one transaction, or when nobody writes any more.
        """
        cursor.execute("SELECT room, epoch, seq, min_seq FROM realtime_roomhead")
        ends = {room: End(*end) for room, *end in cursor.fetchall()}
        cursor.execute("SELECT room, seq, type, payload, internal FROM realtime_event")
        entries = {(row[0], row[1]): Entry(row[0], row[1], row[2], row[3], bool(row[4])) for row in cursor.fetchall()}
        return cls(ends, entries)


@dataclass(frozen=True, slots=True)
class Step:
    """One raw frame, and what it says; `number` orders the steps of all clients."""

    number: int
    raw: str
    observed: tuple[Observation, ...]


@dataclass(slots=True, eq=False)
class RecordedConnection:
    """One connection of a client; `asked` are the positions with which it came."""

    client: "Recording"
    number: int
    door: str
    opened_at: int
    asked: Mapping[str, Position]
    steps: list[Step] = field(default_factory=list)
    open: bool = True

    def take(self, raw: str) -> tuple[Observation, ...]:
        """Records a frame before anybody has touched it; returns what it says."""
        observed = tuple(READERS[self.door](raw))
        self.steps.append(Step(self.client.tick(), raw, observed))
        for observation in observed:
            match observation:
                case Began(room, Position() as position) if room not in self.client.places:
                    self.client.places[room] = position
                case Began(room, Position() as position, recovered) if recovered is not True:
                    self.client.places[room] = position
                case Received(room, position) | Reset(room, position):
                    self.client.places[room] = position
                case Left(room):
                    self.client.places.pop(room, None)
        return observed

    def places(self) -> dict[str, Position]:
        """Returns the connection's positions in the rooms that it receives."""
        places: dict[str, Position] = {}
        for step in self.steps:
            for observation in step.observed:
                match observation:
                    case Began(room, Position() as position) if room not in places:
                        places[room] = position
                    case Received(room, position) | Reset(room, position):
                        places[room] = position
                    case Left(room):
                        places.pop(room, None)
        return places

    def lost(self) -> None:
        """The connection is gone, whoever ended it."""
        self.open = False


@dataclass(slots=True, eq=False)
class Recording:
    """One client over all its connections; `places` are its positions, to come back with."""

    tick: Callable[[], int]
    """Numbers what happens in the whole history."""
    name: str
    user: int | None
    places: dict[str, Position] = field(default_factory=dict)
    links: list[RecordedConnection] = field(default_factory=list)

    def connected(self, door: str, asked: Mapping[str, Position | None] | None = None) -> RecordedConnection:
        """Begins the record of a connection through `door`: "json", "socketio" or "sse"."""
        known = {room: position for room, position in (asked or {}).items() if position is not None}
        link = RecordedConnection(self, len(self.links) + 1, door, self.tick(), known)
        self.links.append(link)
        return link
