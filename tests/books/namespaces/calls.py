"""Commands without a connection: who calls, and what their session was asked."""

from types import SimpleNamespace
from typing import Any

from livrya.accounts.models import User
from realtime.identity import ANONYMOUS, Identity


def call_of(user: User | None) -> Any:
    identity = ANONYMOUS if user is None else Identity(user.pk, user.username, user.is_staff)
    return SimpleNamespace(identity=identity, connection_id="here", session=Session())


class Session:
    """Notes what it is asked to enter and to leave."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    async def join(self, room: Any, since: Any, *, present: bool) -> dict[str, str]:
        self.asked.append(("join", room, since, present))
        return {"room": room.name}

    async def leave(self, room: Any) -> None:
        self.asked.append(("leave", room))
