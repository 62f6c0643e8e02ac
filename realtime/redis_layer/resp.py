"""What Redis says, taken out of a stream of bytes.

Source: the RESP3 specification (redis.io/docs/latest/develop/reference/protocol-spec).
"""

from collections.abc import Iterator
from typing import Any

_CRLF = b"\r\n"
_STRING, _ERROR, _NUMBER, _BULK, _ARRAY, _PUSH, _MAP, _NULL = b"+-:$*>%_"


class RedisRefused(Exception):
    """What Redis answered in place of a result, in its own words."""


class Push(list[Any]):
    """Something that nobody has asked for just now, such as a message of a channel."""


class _Incomplete(Exception):
    """The rest has not come yet."""


def packed(*words: bytes) -> bytes:
    """Returns a command as it is sent."""
    return b"*%d\r\n" % len(words) + b"".join([b"$%d\r\n%b\r\n" % (len(word), word) for word in words])


class Reader:
    """Takes bytes as they come, and gives what is complete. Belongs to one connection."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    def read(self, data: bytes) -> Iterator[Any]:
        """Yields each reply: bytes, int, None, list, `Push`, or a `RedisRefused` (returned, not raised).

        A map is the list of its keys and values. Raises ValueError for what is not RESP.
        """
        data = self._rest + data
        at = 0
        try:
            while at < len(data):
                reply, at = _reply(data, at)
                yield reply
        except _Incomplete:
            pass
        finally:
            self._rest = data[at:]


def _reply(data: bytes, at: int) -> tuple[Any, int]:
    """Returns the reply that begins at `at`, and where the next one begins."""
    end = data.find(_CRLF, at)
    if end < 0:
        raise _Incomplete
    kind, head, end = data[at], data[at + 1 : end], end + 2
    if kind == _BULK:
        size = int(head)
        if size < 0:
            return None, end
        if len(data) < end + size + 2:
            raise _Incomplete
        return data[end : end + size], end + size + 2
    if kind in (_PUSH, _ARRAY, _MAP):
        items: list[Any] = Push() if kind == _PUSH else []
        for _ in range(int(head) * (2 if kind == _MAP else 1)):
            item, end = _reply(data, end)
            items.append(item)
        return items, end
    if kind == _NUMBER:
        return int(head), end
    if kind == _ERROR:
        return RedisRefused(head.decode(errors="replace")), end
    if kind == _NULL:
        return None, end
    if kind == _STRING:
        return head, end
    raise ValueError(f"Redis does not speak RESP3: {data[at : at + 40]!r}")
