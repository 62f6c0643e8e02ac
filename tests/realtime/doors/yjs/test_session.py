"""What the engine says in words at other doors, the session of a copy tells its door."""

from typing import Any

import pytest

from realtime.doors.yjs.session import CopySession
from realtime.doors.yjs.wire import DocumentWire
from realtime.errors import CloseCode, Forbidden
from realtime.hub import Hub
from realtime.identity import Identity
from realtime.transport.connection import SendingConnection
from tests.realtime.app.papers import Paper, PaperRoom
from tests.realtime.halls import hub

__all__ = ["hub"]

pytestmark = pytest.mark.django_db(transaction=True)


class Door:
    """Notes what it is told."""

    def __init__(self, *, ends_alone: bool) -> None:
        self.told: list[Any] = []
        self._ends_alone = ends_alone

    def refused(self, error: Exception) -> None:
        self.told.append((type(error), str(error)))

    def expiring(self, expires_at_ms: int) -> None:
        self.told.append(("expiring", expires_at_ms))

    def ended(self, code: CloseCode, reason: str) -> bool:
        self.told.append((code, reason))
        return self._ends_alone


def session_of(hub: Hub, door: Any) -> CopySession:
    async def send(message: Any) -> None:
        pass

    connection = SendingConnection(hub.write_batch, send, limit=1024, address="")
    wire = DocumentWire(Paper(PaperRoom(1)))
    return CopySession(hub, connection, wire, Identity(7, "ann"), PaperRoom(1), door)


async def test_a_room_that_is_left_and_a_sign_in_that_ends_are_told_and_nothing_else(hub: Hub) -> None:
    door = Door(ends_alone=True)
    session = session_of(hub, door)
    session.notify("room:left", {"reason": "No longer yours."})
    session.notify("auth:expiring", {"expiresAt": 5})
    session.notify("session:ready", {})
    assert door.told == [(Forbidden, "No longer yours."), ("expiring", 5)]


async def test_a_door_may_end_a_session_in_its_own_words(hub: Hub) -> None:
    door = Door(ends_alone=True)
    session = session_of(hub, door)
    session.end(CloseCode.REVOKED, "Over.")
    assert (door.told, session.over) == ([(CloseCode.REVOKED, "Over.")], False)
    session.depart()
    assert session.over


async def test_of_two_copies_on_one_connection_each_hears_the_other(hub: Hub) -> None:
    session = session_of(hub, Door(ends_alone=True))
    assert session.connection_id == session.connection.id
    session.stand_apart()
    assert session.connection_id != session.connection.id
