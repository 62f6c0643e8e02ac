"""Answers that go together exactly with what a room tells afterwards."""

from typing import Any

import msgspec

from realtime import Snapshot
from realtime.rooms import Room


def position(instant: Snapshot, room: Room) -> dict[str, Any]:
    """Returns where the room's log stands at the instant of `realtime.snapshot()`: `since` for joining it."""
    return dict(msgspec.to_builtins(instant.position(room)))
