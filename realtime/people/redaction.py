"""What people hide from each other in rooms: the view of a grant, from its policy to what passes."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from realtime.contracts import PERSONAL
from realtime.people.typing.kinds import TYPING_EVENTS
from realtime.rooms import Grant
from realtime.transport.wire import encode_json

_PRESENCE = ("user:joined", "user:left", "user:reconnected", "user:away")
_NUMBERS = ("userCount", "guestCount", "version")


@dataclass(frozen=True, slots=True)
class Privacy:
    """What a person hides in a room, and what is hidden from them (`realtime.rooms.View`).

    Not `listed` counts them among the guests and never names them; not `counted` leaves them out of presence
    altogether, for rooms without guests, where one more would say who it is; not `types_openly` keeps their typing to
    themselves, and that of others from them. `hidden_ids` are the ids of people who are not named to this person in
    anything that passes (presence, typing): those whom they have blocked, or who have blocked them.
    """

    listed: bool = True
    counted: bool = True
    types_openly: bool = True
    hidden_ids: frozenset[int] = frozenset()

    @property
    def key(self) -> tuple[frozenset[int], bool] | None:
        """Being listed or not changes what others see, not what this person does."""
        return (self.hidden_ids, self.types_openly) if self.hidden_ids or not self.types_openly else None

    def logged(self, event_type: str, actor_id: int | None, payload: bytes) -> bytes | None:
        """Hides the words of people who are not seen. A room whose events name others, too, has a view of its own:
        a subclass that says what is left of them."""
        return None if actor_id in self.hidden_ids and event_type in PERSONAL else payload

    def shown(self, event_type: str, payload: bytes) -> tuple[str, bytes] | None:
        """Leaves out the people who are not seen, and typing where it is kept to oneself.

        An event about a person who is not seen does not arrive; in its place, when somebody came or went, the room's
        numbers do, so that the hole in the versions is explained.
        """
        if not self.types_openly and event_type in TYPING_EVENTS:
            return None
        if not self.hidden_ids:
            return event_type, payload
        values = decoded(payload)
        if _names(values, self.hidden_ids):
            if event_type not in _PRESENCE:
                return None
            return "presence:changed", encode_json({name: values[name] for name in _NUMBERS})
        seen = self.without(values)
        return event_type, payload if seen == values else encode_json(seen)

    def without(self, payload: Any) -> Any:
        """Returns the payload (as plain values) with all entries left out of its lists that name one of `hidden_ids`.

        People are named by `userId`, in whatever event; numbers are kept, they are the room's.
        """
        return _without(payload, self.hidden_ids) if self.hidden_ids else payload


OPEN = Privacy()
"""Hides nothing."""


def privacy_of(grant: Grant | None) -> Privacy:
    """Returns what the person of a grant hides, and what is hidden from them."""
    return grant.view if grant is not None and isinstance(grant.view, Privacy) else OPEN


def _without(payload: Any, hidden_ids: frozenset[int]) -> Any:
    if isinstance(payload, dict):
        return {key: _without(value, hidden_ids) for key, value in payload.items()}
    if isinstance(payload, list):
        return [_without(entry, hidden_ids) for entry in payload if not _names(entry, hidden_ids)]
    return payload


def _names(entry: Any, hidden_ids: frozenset[int]) -> bool:
    return isinstance(entry, dict) and entry.get("userId") in hidden_ids


@lru_cache(maxsize=1)
def decoded(payload: bytes) -> Any:
    """Returns the payload's values, decoded once for all views of a room in turn; nobody changes them."""
    return msgspec.json.decode(payload)
