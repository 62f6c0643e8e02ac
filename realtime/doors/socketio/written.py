"""Socket.IO packets as they are written to an Engine.IO session, shared by all connections that they go to."""

from realtime.doors.socketio.packets import SocketPacket, encode
from realtime.transport.packets import Packet

MESSAGE = b"4"
"""What stands before every message of an Engine.IO session."""


class Written(Packet):
    """A packet of one namespace; `moves` says that the client's position may be another after it."""

    __slots__ = ("moves", "namespace")

    def __init__(
        self, text: bytes, attachments: tuple[bytes, ...] = (), *, namespace: str, moves: bool = False
    ) -> None:
        super().__init__(text, attachments)
        self.namespace = namespace
        self.moves = moves


class WrittenEvent(Written):
    """An event of the log: `stem` is all but its last argument."""

    __slots__ = ("stem",)

    def __init__(self, stem: bytes, event_id: bytes, *, namespace: str) -> None:
        super().__init__(b'%b,"%b"]' % (stem, event_id), namespace=namespace, moves=True)
        self.stem = stem

    def placed(self, offset: bytes) -> Written:
        """Returns the event with a client's whole offset (as JSON) in place of its id; nothing has to follow it."""
        return Written(b"%b,%b]" % (self.stem, offset), namespace=self.namespace)


class WrittenOffset(Written):
    """Where a client stands, by itself: behind packets that do not say so. `offset` is the text as JSON."""

    __slots__ = ("offset",)

    def __init__(self, head: bytes, offset: bytes, *, namespace: str) -> None:
        super().__init__(b'%b["session:offset",%b]' % (head, offset), namespace=namespace)
        self.offset = offset


def written(packet: SocketPacket, *, moves: bool = False) -> Written:
    """Returns the packet as it is written to an Engine.IO session."""
    text, *attachments = encode(packet)
    assert isinstance(text, str)
    parts = tuple(part for part in attachments if isinstance(part, bytes))
    return Written(MESSAGE + text.encode(), parts, namespace=packet.namespace, moves=moves)
