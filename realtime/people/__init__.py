"""People in rooms: who is there, who types, what they hide from each other, how much they may do.

The names here are for authors of apps; what is behind them is the engine's own.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from realtime.people.limits.acts import Act as Act
    from realtime.people.limits.acts import uncounted as uncounted
    from realtime.people.part import count_session as count_session
    from realtime.people.part import online_among as online_among
    from realtime.people.part import sessions_in as sessions_in
    from realtime.people.part import start_typing as start_typing
    from realtime.people.part import stop_typing as stop_typing
    from realtime.people.part import typing_arrived as typing_arrived
    from realtime.people.part import uncount_session as uncount_session
    from realtime.people.presence.events import PresentUser as PresentUser
    from realtime.people.presence.events import as_reply as as_reply
    from realtime.people.presence.online import Whereabouts as Whereabouts
    from realtime.people.presence.online import use_contacts as use_contacts
    from realtime.people.presence.watching import watches as watches
    from realtime.people.redaction import Privacy as Privacy
    from realtime.people.redaction import privacy_of as privacy_of
    from realtime.people.typing.kinds import TypingKind as TypingKind
    from realtime.people.typing.kinds import declare_typing as declare_typing
    from realtime.people.typing.store import Typists as Typists

_HOMES = {
    "Act": "limits.acts",
    "PresentUser": "presence.events",
    "Privacy": "redaction",
    "TypingKind": "typing.kinds",
    "Typists": "typing.store",
    "Whereabouts": "presence.online",
    "as_reply": "presence.events",
    "count_session": "part",
    "declare_typing": "typing.kinds",
    "online_among": "part",
    "privacy_of": "redaction",
    "sessions_in": "part",
    "start_typing": "part",
    "stop_typing": "part",
    "typing_arrived": "part",
    "uncount_session": "part",
    "uncounted": "limits.acts",
    "use_contacts": "presence.online",
    "watches": "presence.watching",
}
"""Where each name is defined, below this package."""

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Imports on first use: Django imports this package before its apps are loaded."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
