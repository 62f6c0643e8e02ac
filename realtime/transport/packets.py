"""One encoded message, and the WebSocket frames that it leaves in."""

_TEXT, _BINARY = 0x81, 0x82


def websocket_frame(opcode: int, payload: bytes) -> bytes:
    """Returns a finished, unmasked WebSocket frame; server frames are unmasked, so one serves every socket.

    Source: RFC 6455 section 5.2.
    """
    size = len(payload)
    if size < 126:
        return bytes((opcode, size)) + payload
    if size < 65536:
        return bytes((opcode, 126)) + size.to_bytes(2, "big") + payload
    return bytes((opcode, 127)) + size.to_bytes(8, "big") + payload


class Packet:
    """One encoded message, shared by every connection that it goes to.

    `text` is the message (UTF-8); `attachments` are binary messages that follow it at once, as one unit.
    Without a text the attachments are sent alone.
    """

    __slots__ = ("_frame", "attachments", "text")

    def __init__(self, text: bytes, attachments: tuple[bytes, ...] = ()) -> None:
        self.text = text
        self.attachments = attachments
        self._frame: bytes | None = None

    @property
    def frame(self) -> bytes:
        """The finished WebSocket frames of the message, made once."""
        frame = self._frame
        if frame is None:
            frame = websocket_frame(_TEXT, self.text) if self.text else b""
            if self.attachments:
                frame += b"".join(websocket_frame(_BINARY, attachment) for attachment in self.attachments)
            self._frame = frame
        return frame


_joined: tuple[list[Packet], bytes] = ([], b"")


def joined_frames(packets: list[Packet]) -> bytes:
    """Returns the frames of packets that go out in one write.

    Joined once for neighbours that send the same, as the members of a busy room do. The list must not change later.
    """
    global _joined
    last, frames = _joined
    if last != packets:
        frames = b"".join([packet.frame for packet in packets])
        _joined = (packets, frames)
    return frames
