"""What passes through a room, as it looks to somebody who is not to see certain people."""

from typing import Any

import msgspec

from realtime.events import EphemeralEvent
from realtime.packets import Packet
from realtime.wire import Wire, encode_json

_PRESENCE = ("user:joined", "user:left", "user:reconnected", "user:away")
_NUMBERS = ("userCount", "guestCount", "version")


def without(payload: Any, unseen: frozenset[int]) -> Any:
    """Returns the payload (as plain values) with all entries left out of its lists that name one of `unseen`.

    People are named by `userId`, in whatever event; numbers stay, they are the room's.
    """
    if isinstance(payload, dict):
        return {key: without(value, unseen) for key, value in payload.items()}
    if isinstance(payload, list):
        return [without(entry, unseen) for entry in payload if not _names(entry, unseen)]
    return payload


class Views:
    """One ephemeral event as different people see it; each view is encoded once for each wire.

    An event about a person who is not seen does not arrive; in its place, when somebody came or went, the room's
    numbers do, so that the hole in the versions is explained.
    """

    def __init__(self, event: EphemeralEvent) -> None:
        self._event = event
        self._payload: Any = msgspec.UNSET
        self._views: dict[frozenset[int], EphemeralEvent | None] = {}
        self._packets: dict[tuple[str, frozenset[int]], Packet | None] = {}

    def packet(self, wire: Wire, namespace: str, unseen: frozenset[int]) -> Packet | None:
        """Returns what a session gets that does not see these people; None for nothing."""
        key = (wire.key(namespace), unseen)
        if key not in self._packets:
            view = self._view(unseen)
            self._packets[key] = wire.ephemeral(namespace, view) if view else None
        return self._packets[key]

    def _view(self, unseen: frozenset[int]) -> EphemeralEvent | None:
        if unseen not in self._views:
            self._views[unseen] = self._make(unseen)
        return self._views[unseen]

    def _make(self, unseen: frozenset[int]) -> EphemeralEvent | None:
        event = self._event
        if self._payload is msgspec.UNSET:
            self._payload = msgspec.json.decode(event.payload)
        if _names(self._payload, unseen):
            if event.type not in _PRESENCE:
                return None
            numbers = {name: self._payload[name] for name in _NUMBERS}
            return msgspec.structs.replace(event, type="presence:changed", payload=encode_json(numbers))
        seen = without(self._payload, unseen)
        return event if seen == self._payload else msgspec.structs.replace(event, payload=encode_json(seen))


def _names(entry: Any, unseen: frozenset[int]) -> bool:
    return isinstance(entry, dict) and entry.get("userId") in unseen
