"""Who wants to know when people come and go in rooms of some type: apps declare it beside their rooms."""

from collections.abc import Callable
from typing import Any

from realtime.people.presence.store import Roster
from realtime.rooms import Room

Watch = Callable[[Any, Roster], None]
"""`(room, who is there)`, called on the event loop of the one process through which somebody came or went.

Changes that follow each other closely are one call. At most once: nobody is asked again after a failure.
"""

_WATCHES: dict[type[Room], Watch] = {}


def watches(room_type: type[Room]) -> Callable[[Watch], Watch]:
    """Registers the decorated function for rooms of that type; one each."""

    def register(watch: Watch) -> Watch:
        if room_type in _WATCHES:
            raise TypeError(f"{room_type.__name__} is watched twice.")
        _WATCHES[room_type] = watch
        return watch

    return register


def watch_of(room: Room) -> Watch | None:
    """Returns who wants to know about people in that room."""
    return _WATCHES.get(type(room))
