"""Captures what is emitted, for tests of services and broadcasts."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from realtime.contracts import Payload, event_in
from realtime.log import after_commit
from realtime.log.events import OutgoingEvent
from realtime.rooms import Room, parse_room


class Captured:
    """The events handed on since the capture began, in the order of their commits."""

    def __init__(self) -> None:
        self.events: list[OutgoingEvent] = []

    def take(self, events: Sequence[OutgoingEvent]) -> None:
        """Receives events as a hub would."""
        self.events.extend(events)

    def emitted(self, room: Room | None = None) -> list[tuple[str, Payload]]:
        """Returns (room name, payload) of each event, of one room when it is given; payloads as their classes."""
        return [
            (event.room, msgspec.json.decode(event.payload, type=event_in(parse_room(event.room), event.type).payload))
            for event in self.events
            if room is None or event.room == room.name
        ]

    def types(self, room: Room | None = None) -> list[str]:
        """Returns the wire names of the events, of one room when it is given."""
        return [event.type for event in self.events if room is None or event.room == room.name]


@contextmanager
def capture_events() -> Iterator[Captured]:
    """Collects every event that this process hands on within the block.

    Works under `@pytest.mark.django_db` with and without `transaction=True`: in a test case's transaction
    events are handed on when their `realtime.atomic()` block ends.
    """
    captured = Captured()
    after_commit.attach(captured.take)
    try:
        yield captured
    finally:
        after_commit.detach(captured.take)
