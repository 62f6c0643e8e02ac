"""How events of a document are written for stock clients: changes, carets, and nothing else."""

import msgspec

from realtime.documents import lib0
from realtime.doors.yjs.messages import Sync, awareness, sync
from realtime.doors.yjs.wire import NOTHING, DocumentWire
from realtime.log.events import EphemeralEvent, StoredEvent
from realtime.positions import Position
from realtime.transport.packets import websocket_frame
from tests.realtime.app.papers import Paper, PaperAwareness, PaperRoom

ROOM = PaperRoom(1)
AT = Position("e", 1)
POINTED = PaperAwareness(client_id=5, clock=1, user_id=7, username="a", display_name="A", color="#fff", state=None)


def stored(kind: str = "paper:update") -> StoredEvent:
    return StoredEvent(ROOM.name, "e", 1, kind, b'{"update":"AQID"}', 0, binary=True)


def passing(kind: str = "paper:awareness") -> EphemeralEvent:
    return EphemeralEvent(ROOM.name, kind, msgspec.json.encode(POINTED), "id", 0)


def test_a_change_and_a_caret_are_one_binary_message_each() -> None:
    wire = DocumentWire(Paper(ROOM))
    assert wire.durable("/", stored(), AT).attachments == (sync(Sync.UPDATE, b"\x01\x02\x03"),)
    assert wire.ephemeral("/", passing()).attachments == (awareness([POINTED]),)


def test_everything_else_sends_nothing() -> None:
    wire = DocumentWire(Paper(ROOM))
    assert wire.durable("/", stored("paper:other"), AT) is NOTHING
    assert wire.ephemeral("/", passing("paper:other")) is NOTHING
    assert wire.hidden("/", ROOM.name, AT) is NOTHING
    assert wire.notice("/", "session:ready", {}) is NOTHING
    assert NOTHING.frame == b""


def test_an_address_stands_in_front_and_tells_encodings_apart() -> None:
    shared, own = DocumentWire(Paper(ROOM), "naïve"), DocumentWire(Paper(ROOM), "naïve\0one", shared=False)
    body = sync(Sync.UPDATE, b"\x01\x02\x03")
    assert shared.durable("/", stored(), AT).attachments == (lib0.text("naïve") + body,)
    apart = own.durable("/", stored(), AT)
    assert apart.attachments == (lib0.text("naïve\0one") + body,)
    assert apart.frame == websocket_frame(0x82, apart.attachments[0])
    assert len({wire.key("/") for wire in (shared, own, DocumentWire(Paper(ROOM)))}) == 3


def test_a_reset_room_is_something_missed_for_as_long_as_the_copy_is_open() -> None:
    wire = DocumentWire(Paper(ROOM))
    missed: list[str] = []
    wire.notice("/", "room:reset", {})
    wire.missed = lambda: missed.append("missed")
    wire.notice("/", "room:reset", {})
    assert missed == ["missed"]
