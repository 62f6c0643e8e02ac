"""The opening of a WebSocket that has nothing odd about it, from the head that the HTTP parser has read already.

The library would be handed the head once more, as text, and made for every connection: a third of what one costs that
comes and says nothing yet. What is odd in any way is the library's to read, and to refuse in its own words.

Source: RFC 6455, section 4.2.
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from websockets.utils import accept_key

_KEY_BYTES = 16
_CONNECTION = frozenset((b"upgrade", b"keep-alive, upgrade"))
_OF_A_BODY = frozenset((b"content-length", b"transfer-encoding"))
_CONTROL = re.compile(rb"[^\t\x20-\x7e\x80-\xff]")
_TOKEN = rb"[-!#$%&'*+.^_`|~0-9a-zA-Z]+"
_TOKENS = re.compile(_TOKEN + rb"(?:[ \t]*,[ \t]*" + _TOKEN + rb")*")


class Opening(NamedTuple):
    """A handshake that is to be accepted as far as the protocol is concerned; `accept` answers its key."""

    url: bytes
    headers: list[tuple[bytes, bytes]]
    subprotocols: list[str]
    accept: str


def plain_opening(scope: Mapping[str, Any], url: bytes) -> Opening | None:
    """Returns the opening that a request with `scope`'s method, version and headers is, None for one that is odd."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    of = dict(headers)
    if scope["method"] != "GET" or scope["http_version"] != "1.1" or not url.isascii() or len(of) < len(headers):
        return None
    if of.get(b"connection", b"").lower() not in _CONNECTION or of.get(b"upgrade", b"").lower() != b"websocket":
        return None
    if of.get(b"sec-websocket-version") != b"13" or not _OF_A_BODY.isdisjoint(of):
        return None
    offered, key = of.get(b"sec-websocket-protocol"), of.get(b"sec-websocket-key", b"")
    if (offered is not None and not _TOKENS.fullmatch(offered)) or _CONTROL.search(b"".join(of.values())):
        return None
    try:
        if len(b64decode(key, validate=True)) != _KEY_BYTES:
            return None
    except Base64Error:
        return None
    names = [name.strip() for name in offered.decode("ascii").split(",")] if offered is not None else []
    return Opening(url, headers, names, accept_key(key.decode("ascii")))


def accepted(accept: str, headers: Iterable[tuple[bytes, bytes]], subprotocol: str | None) -> bytes:
    """Returns the answer that opens the connection, with these headers more."""
    lines = [
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %b\r\n"
        % accept.encode()
    ]
    lines += [b"%b: %b\r\n" % (name.lower(), value) for name, value in headers]
    if subprotocol:
        lines.append(b"Sec-WebSocket-Protocol: %b\r\n" % subprotocol.encode())
    return b"".join([*lines, b"\r\n"])
