"""Answers that the events of a room continue exactly."""

from typing import Any

import msgspec

from realtime import Snapshot
from realtime.rooms import Room


def position(instant: Snapshot, room: Room) -> dict[str, Any]:
    """Returns the position of the room's log at the instant of `realtime.snapshot()`: `since` for joining it."""
    return dict(msgspec.to_builtins(instant.position(room)))
