"""People in rooms: who is there, who types, what they hide from each other, how much they may do.

The names here are for authors of apps; what is behind them is the engine's own.
"""

from realtime.people.limits.acts import Act, uncounted
from realtime.people.part import (
    count_session,
    online_among,
    sessions_in,
    start_typing,
    stop_typing,
    typing_arrived,
    uncount_session,
)
from realtime.people.presence.events import PresentUser, as_reply
from realtime.people.presence.online import Whereabouts, use_contacts
from realtime.people.presence.watching import watches
from realtime.people.redaction import Privacy, decoded, privacy_of
from realtime.people.typing.kinds import TypingKind, declare_typing
from realtime.people.typing.store import Typists

__all__ = [
    "Act",
    "PresentUser",
    "Privacy",
    "TypingKind",
    "Typists",
    "Whereabouts",
    "as_reply",
    "count_session",
    "declare_typing",
    "decoded",
    "online_among",
    "privacy_of",
    "sessions_in",
    "start_typing",
    "stop_typing",
    "typing_arrived",
    "uncount_session",
    "uncounted",
    "use_contacts",
    "watches",
]
