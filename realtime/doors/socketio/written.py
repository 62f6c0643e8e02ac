"""Socket.IO packets as they are written to an Engine.IO session, shared by all connections that they go to."""

from realtime.doors.socketio.packets import SocketPacket, encode
from realtime.transport.packets import Packet

MESSAGE = b"4"
"""What comes before every message of an Engine.IO session."""


class WrittenEvent(Packet):
    """An event of the log, with its id as the last argument. `stem` is all before that."""

    __slots__ = ("stem",)

    def __init__(self, stem: bytes, event_id: bytes) -> None:
        super().__init__(b'%b,"%b"]' % (stem, event_id))
        self.stem = stem

    def with_offset(self, offset: bytes) -> Packet:
        """Returns the event with an offset as its last argument."""
        return Packet(b'%b,"%b"]' % (self.stem, offset))


def written(packet: SocketPacket) -> Packet:
    """Returns the packet as it is written to an Engine.IO session."""
    text, *attachments = encode(packet)
    assert isinstance(text, str)
    parts = tuple(part for part in attachments if isinstance(part, bytes))
    return Packet(MESSAGE + text.encode(), parts)
