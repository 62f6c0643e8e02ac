"""Where a WebSocket frame ends and what it is, before anybody parses it.

Source: RFC 6455, section 5.2.
"""

from websockets.frames import apply_mask  # type: ignore[attr-defined]  # in C where that is installed, else in Python

# Larger ones wait for their part of a turn: what a message costs grows with it.
_SMALL_BYTES = 1024
_CLOSE = 0x08
_FINAL = 0x80
_MESSAGES = (_FINAL | 1, _FINAL | 2)
_PONG = _FINAL | 0x0A
_MASKED = 0x80
_MASK_BYTES = 4


def small_message(data: bytes) -> bytes:
    """Returns what is said in a frame that `is_whole`."""
    at = 2 if data[1] < _MASKED + 126 else 4
    return apply_mask(data[at + _MASK_BYTES :], data[at : at + _MASK_BYTES])


def is_whole(data: bytes) -> bool:
    """Tells whether this is one small message in one frame, and nothing else: what nearly every read brings."""
    size = len(data)
    if not 6 <= size <= _SMALL_BYTES or data[0] not in _MESSAGES:
        return False
    length = data[1]
    if length < _MASKED + 126:
        return size == length - _MASKED + 6
    return length == _MASKED + 126 and size == int.from_bytes(data[2:4], "big") + 8


def is_whole_pong(data: bytes) -> bool:
    """Tells whether this is one pong as the protocol wants it."""
    return data[0] == _PONG and _MASKED <= data[1] < _MASKED + 126 and len(data) == data[1] - _MASKED + 6


def frame_bytes(data: bytes, at: int) -> int:
    """Returns the size of the frame that begins at `at`, 0 while its head is not there."""
    if len(data) < at + 2:
        return 0
    length, head = data[at + 1] & 0x7F, 2
    if length > 125:
        head = 4 if length == 126 else 10
        if len(data) < at + head:
            return 0
        length = int.from_bytes(data[at + 2 : at + head], "big")
    return length + head + (_MASK_BYTES if data[at + 1] & _MASKED else 0)


def is_text(first: int) -> bool:
    """Tells from a frame's first byte whether it begins a text."""
    return first & 0x0F == 1


def is_close(first: int) -> bool:
    """Says from a frame's first byte whether it ends the connection."""
    return first & 0x0F == _CLOSE


def is_trifle(first: int) -> bool:
    """Says from a frame's first byte whether it is a ping, a pong or a part of a message."""
    opcode = first & 0x0F
    return opcode > _CLOSE or not opcode or not first & _FINAL
