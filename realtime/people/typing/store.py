"""The contract of the store that knows who types, over all processes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Typist:
    """A person who types. `position` is the caret as its own client counts it, None where that is not shown."""

    user_id: int
    username: str
    connection_id: str
    position: int | None = None
    display_name: str = ""


@dataclass(frozen=True, slots=True)
class Typists:
    """Everybody who types in one place now, by user id. `version` is later with every change, also over stores."""

    people: tuple[Typist, ...] = ()
    version: int = 0


class TypingStore(Protocol):
    """A place is a room and a kind of typing. Every method raises Unavailable when the store does not answer."""

    async def put(self, room: str, kind: str, typist: Typist, lasts_ms: int) -> Typists | None:
        """Notes that the person types, until `lasts_ms` from now; None when nobody needs to know."""

    async def remove(self, room: str, kind: str, user_id: int, connection_id: str | None = None) -> Typists | None:
        """Ends it, or only what came through that connection; None when there was nothing to end."""

    async def read(self, room: str, kinds: Sequence[str]) -> list[Typists]:
        """Returns who types now, for each kind; changes nothing, so that whoever fell out is still news."""
