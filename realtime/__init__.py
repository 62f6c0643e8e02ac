"""Rooms over the channel layer, with the delivery guarantees of a log.

The public interface, for services and broadcasts: `atomic`, `emit`, `aemit`, `snapshot`, `blank`, `about`,
`revoke`, `disconnect`; for what lives beside rooms: `Part`, `attach`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from realtime.hub.parts import Part as Part
    from realtime.hub.parts import attach as attach
    from realtime.log.revocation import UserRoom as UserRoom
    from realtime.log.revocation import disconnect as disconnect
    from realtime.log.revocation import revoke as revoke
    from realtime.log.snapshots import snapshot as snapshot
    from realtime.log.writing import about as about
    from realtime.log.writing import aemit as aemit
    from realtime.log.writing import atomic as atomic
    from realtime.log.writing import blank as blank
    from realtime.log.writing import emit as emit

_HOMES = {
    "Part": "realtime.hub.parts",
    "UserRoom": "realtime.log.revocation",
    "about": "realtime.log.writing",
    "aemit": "realtime.log.writing",
    "attach": "realtime.hub.parts",
    "atomic": "realtime.log.writing",
    "blank": "realtime.log.writing",
    "disconnect": "realtime.log.revocation",
    "emit": "realtime.log.writing",
    "revoke": "realtime.log.revocation",
    "snapshot": "realtime.log.snapshots",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Imports on first use: Django imports this package before its apps are loaded."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'realtime' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value
