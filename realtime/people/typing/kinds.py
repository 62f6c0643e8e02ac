"""The kinds of typing that apps declare, beside their rooms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from realtime.contracts import Payload, event_contract
from realtime.people.typing.store import Typists
from realtime.rooms import Room


@dataclass(frozen=True, slots=True)
class TypingKind:
    """One way of typing in rooms of some types.

    It ends `lasts_seconds` after the last keystroke that was sent. `event(room, typists)` makes the payload that
    others get: the whole list each time.
    """

    name: str
    rooms: tuple[type[Room], ...]
    lasts_seconds: float
    event: Callable[[Any, Typists], Payload]


_KINDS: dict[type[Room], list[TypingKind]] = {}
TYPING_EVENTS: set[str] = set()
"""The types of all events about typing: who hides their own does not get them."""


def declare_typing(
    name: str,
    *,
    rooms: Sequence[type[Room]],
    lasts_seconds: float,
    payload: type[Payload],
    event: Callable[[Any, Typists], Payload],
) -> TypingKind:
    """Declares a kind of typing, sent as events of the class `payload`; who joins one of the rooms is sent who types.

    Returns the kind.
    """
    TYPING_EVENTS.add(event_contract(payload).name)
    kind = TypingKind(name, tuple(rooms), lasts_seconds, event)
    for room_type in rooms:
        known = _KINDS.setdefault(room_type, [])
        if any(other.name == name for other in known):
            raise TypeError(f"The kind of typing {name} is declared twice for {room_type.__name__}.")
        known.append(kind)
    return kind


def kinds_in(room: Room) -> Sequence[TypingKind]:
    """Returns the kinds of typing that there are in rooms of that type."""
    return _KINDS.get(type(room), ())
