"""Rooms over the channel layer, with the delivery guarantees of a log.

What services and broadcasts use of it: `atomic`, `emit`, `aemit`, `snapshot`, `blank`, `about`, `revoke`, `disconnect`,
`refresh_rooms`, `issue_ticket`; what lives beside rooms: `Part`, `attach`; JSON as every door reads it: `scalars_only`.
docs/architecture.md says what an author of an app may import beside this package.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from realtime.hub.parts import Part as Part
    from realtime.hub.parts import attach as attach
    from realtime.log.auto_rooms import refresh_rooms as refresh_rooms
    from realtime.log.revocation import UserRoom as UserRoom
    from realtime.log.revocation import disconnect as disconnect
    from realtime.log.revocation import revoke as revoke
    from realtime.log.snapshots import Snapshot as Snapshot
    from realtime.log.snapshots import snapshot as snapshot
    from realtime.log.writing import MAX_ROOMS as MAX_ROOMS
    from realtime.log.writing import about as about
    from realtime.log.writing import aemit as aemit
    from realtime.log.writing import atomic as atomic
    from realtime.log.writing import blank as blank
    from realtime.log.writing import emit as emit
    from realtime.sessions.tickets import TICKET_LIFETIME_MS as TICKET_LIFETIME_MS
    from realtime.sessions.tickets import issue_ticket as issue_ticket
    from realtime.transport.scalars import scalars_only as scalars_only

_HOMES = {
    "MAX_ROOMS": "log.writing",
    "Part": "hub.parts",
    "Snapshot": "log.snapshots",
    "TICKET_LIFETIME_MS": "sessions.tickets",
    "UserRoom": "log.revocation",
    "about": "log.writing",
    "aemit": "log.writing",
    "atomic": "log.writing",
    "attach": "hub.parts",
    "blank": "log.writing",
    "disconnect": "log.revocation",
    "emit": "log.writing",
    "issue_ticket": "sessions.tickets",
    "refresh_rooms": "log.auto_rooms",
    "revoke": "log.revocation",
    "scalars_only": "transport.scalars",
    "snapshot": "log.snapshots",
}
"""Where each name is defined, below this package."""

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Imports on first use: Django imports this package before its apps are loaded."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
