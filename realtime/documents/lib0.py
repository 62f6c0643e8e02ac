"""lib0's binary primitives, which updates, state vectors and awareness of Yjs are written in.

Our own, for the library's reading takes memory by the word of the sender, and its writing counts characters where bytes
are meant. Nothing here calls itself, and nothing is taken before it has arrived.
"""

from realtime.errors import MalformedUpdate

MAX_UINT = 2**53 - 1
"""What JavaScript can count to; Yjs' client ids end here."""


class Reader:
    """Reads what was received, from its beginning to its end; whatever is not there raises `MalformedUpdate`."""

    __slots__ = ("at", "data", "size")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.size = len(data)

    def byte(self) -> int:
        at = self.at
        if at >= self.size:
            raise MalformedUpdate("The update ends too early.")
        self.at = at + 1
        return self.data[at]

    def uint(self) -> int:
        """Returns a varUint in its one shortest form, as every client writes it: libraries differ about others."""
        at = self.at
        data = self.data
        try:
            byte = data[at]
            if byte < 0x80:  # nearly all are one byte
                self.at = at + 1
                return byte
            value = byte & 0x7F
            shift = 7
            while True:
                at += 1
                byte = data[at]
                value |= (byte & 0x7F) << shift
                if byte < 0x80:
                    break
                shift += 7
                if shift > 49:
                    raise MalformedUpdate("The update has a number of too many bytes.")
        except IndexError:
            raise MalformedUpdate("The update ends too early.") from None
        if not byte or value > MAX_UINT:
            raise MalformedUpdate("The update has a number that no client writes.")
        self.at = at + 1
        return value

    def count(self, bytes_each: int) -> int:
        """Returns the number of things that follow; there must be at least `bytes_each` bytes left for each."""
        count = self.uint()
        if count * bytes_each > self.size - self.at:
            raise MalformedUpdate("The update counts more than it holds.")
        return count

    def skip(self, size: int) -> None:
        self.at += size
        if self.at > self.size:
            raise MalformedUpdate("The update ends too early.")

    def buffer(self) -> bytes:
        """Returns the bytes of a field that says its length first."""
        size = self.count(1)
        at = self.at
        self.at = at + size
        return self.data[at : at + size]

    def text(self) -> str:
        try:
            return self.buffer().decode()
        except UnicodeDecodeError:
            raise MalformedUpdate("The update has text that is not UTF-8.") from None

    def expect_end(self) -> None:
        if self.at != self.size:
            raise MalformedUpdate("The update has more behind its end.")


def uint(value: int) -> bytes:
    """Returns a varUint: seven bits a byte, the lowest first."""
    if not 0 <= value <= MAX_UINT:
        raise ValueError(f"{value} is no number that clients can read.")
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def buffer(data: bytes) -> bytes:
    return uint(len(data)) + data


def text(value: str) -> bytes:
    return buffer(value.encode())
