"""Sends the engine's own ephemeral events to rooms: who is there, who types."""

import secrets
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from realtime.clock import Clock
from realtime.contracts import Payload, event_contract
from realtime.log import after_commit
from realtime.log.events import EphemeralEvent


class Announcer(Protocol):
    """Sends ephemeral events; never waits, never raises. Of one `key` a newer `version` replaces an older one."""

    def everywhere(
        self,
        room: str,
        payload: Payload,
        *,
        key: str | None = None,
        version: int = 0,
        skip: str | Sequence[str] | None = None,
        to: str | None = None,
    ) -> None:
        """Sends it to the room's sessions of every process, but for the connections in `skip`, or `to` alone."""

    def here(self, room: str, payload: Payload, *, key: str | None = None, version: int = 0) -> None:
        """Sends it to the room's sessions of this process only."""


class HubAnnouncer:
    """Sends to every process through `after_commit`, and to this process alone straight through its hub."""

    def __init__(self, deliver_here: Callable[[EphemeralEvent], None], clock: Clock) -> None:
        self._deliver_here = deliver_here
        self._clock = clock

    def everywhere(
        self,
        room: str,
        payload: Payload,
        *,
        key: str | None = None,
        version: int = 0,
        skip: str | Sequence[str] | None = None,
        to: str | None = None,
    ) -> None:
        left_out = skip if isinstance(skip, str) else tuple(skip or ()) or None
        after_commit.deliver([self._event(room, payload, key, version, left_out, to)])

    def here(self, room: str, payload: Payload, *, key: str | None = None, version: int = 0) -> None:
        self._deliver_here(self._event(room, payload, key, version, None, None))

    def _event(
        self,
        room: str,
        payload: Payload,
        key: str | None,
        version: int,
        skip: str | tuple[str, ...] | None,
        to: str | None,
    ) -> EphemeralEvent:
        name, encoded = event_contract(payload).name, msgspec.json.encode(payload)
        return EphemeralEvent(room, name, encoded, secrets.token_hex(8), self._clock.now_ms(), key, version, skip, to)
