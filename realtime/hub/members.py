"""A session in a room, as the hub needs to know it."""

from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Protocol

from realtime.connection import Connection
from realtime.errors import CloseCode
from realtime.identity import Identity
from realtime.namespaces import Namespace
from realtime.namespaces import Session as HandlersSession
from realtime.rooms import Grant, Room
from realtime.wire import Wire

if TYPE_CHECKING:
    from realtime.hub.room import RoomState
    from realtime.hub.standings import Standing

UNHEARD = -1


class Phase(IntEnum):
    """Where a membership stands. PENDING: revocations hit it, nothing is granted yet. HELD: granted at a
    position, nothing is sent before the answer that says so. CATCHING_UP: reads at the client's pace. LIVE:
    gets what the hub gets. ENDED: over, for ever."""

    PENDING = 0
    HELD = 1
    CATCHING_UP = 2
    LIVE = 3
    ENDED = 4


class HubSession(HandlersSession, Protocol):
    """What the hub asks of a session, beside what handlers do; `realtime.session` has it. Belongs to the loop."""

    identity: Identity
    namespace: Namespace
    connection: Connection
    wire: Wire
    closed: bool
    away: bool
    standing: "Standing[Any] | None"

    @property
    def memberships(self) -> Mapping[str, "Membership"]:
        """The rooms that this session receives, or is about to, by name."""

    def rooms_changed(self) -> None:
        """A membership began, ended, went live or no longer, or counts a person now."""

    def recheck_room(self, room: str, reason: str) -> None:
        """Stops the room at once and asks its policy again."""

    async def recheck_identity(self, reason: str) -> None:
        """Asks whether the sign-in still holds, then for each room again."""

    async def refresh_auto_rooms(self) -> None:
        """Enters and leaves what the namespace's automatic rooms are now."""

    def expel(self, reason: str) -> None:
        """Ends the connection because permission to be here has ended."""

    def end(self, code: CloseCode, reason: str, retry_after_ms: int | None = None) -> None:
        """Says `bye` and closes the connection."""

    def joined(self) -> Mapping[str, bool]:
        """Returns the received rooms, and whether the person is counted there."""


class Membership:
    """One session in one room. The object is the grant: whoever awaited checks that it is still the session's.

    `seq` is its own place until it is live; a live one stands where the room stands, and `seq` is the last
    event that it got in slices.
    `auto`: entered by itself on connect; `wanted`: asked for; `present`: counts a person. `watching`: only
    the engine listens (revocations), the client receives nothing. `stale`: its permission is being asked for again.
    `heard`: the version of presence that it was told, UNHEARD when it may have missed what passed.
    """

    __slots__ = (
        "auto",
        "connection",
        "grant",
        "heard",
        "phase",
        "present",
        "seq",
        "session",
        "stale",
        "state",
        "wanted",
        "watching",
    )

    def __init__(self, session: HubSession, state: "RoomState") -> None:
        self.session = session
        self.connection: Connection = session.connection
        self.state = state
        self.phase = Phase.PENDING
        self.seq = 0
        self.grant: Grant | None = None
        self.auto = False
        self.wanted = False
        self.present = False
        self.watching = False
        self.stale = False
        self.heard = UNHEARD

    @property
    def is_live(self) -> bool:
        return self.phase is Phase.LIVE

    @property
    def room(self) -> Room:
        return self.state.room

    def place(self) -> int:
        """Returns the last seq that is surely written to this member; the next it gets may be that plus one."""
        return self.state.place_of(self) if self.phase is Phase.LIVE else self.seq
