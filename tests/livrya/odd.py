"""What a request may carry that nobody means: headers, values in JSON, words in addresses."""

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

_COOKIES = [
    "a(b=1; =; ;;",
    r'sessionid="\000\377"; csrftoken="\000"',
    "sessionid=" + "a" * 5000,
    "messages=W10:1:x; messages=",
    "; ".join(f"c{number}=1" for number in range(300)),
    "\u00ff\u00fe=\u00e9",
]
VALUES: dict[str, list[str]] = {
    "accept": ["", "text/html", "application/xml", "application/json;q=x", "*/*;" * 500, "\u00ff", ",,,;", "a" * 9000],
    "accept-language": ["xx" * 3000, "*;q=9", "\u00ff", "en-" * 500],
    "authorization": [
        "Bearer",
        "Bearer ",
        "Bearer a.b.c",
        "Bearer " + "a" * 9000,
        "Basic \u00ff",
        "\x00",
        "Bearer \u00f0\u009f",
    ],
    "content-encoding": ["gzip", "\x00", "br"],
    "content-type": [
        "",
        "text/html",
        "application/json; charset=utf-16",
        "application/json; charset=;",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "x" * 5000,
        "application/x-www-form-urlencoded; charset=zlib",
        "\u00ff/\u00ff",
        "a/b;" * 2000,
    ],
    "cookie": _COOKIES,
    "forwarded": ["for=\u00ff;host=evil", "for=_" * 900],
    "if-modified-since": ["yesterday", "Thu, 01 Jan 99999 00:00:00 GMT", "\u00ff"],
    "if-none-match": ["*", '"', 'W/"' + "a" * 5000, '"a",' * 900, "\u00ff"],
    "if-range": ['"', "\u00ff"],
    "origin": ["null", "http://[::1", "http://localhost:x", "\u00ff", "a" * 5000, "//localhost"],
    "range": ["bytes=-0", "bytes=" + "9" * 5000 + "-", "bytes=0-0,0-0", "bytes=9-1", "words=1", "bytes=\u0663-"],
    "referer": ["http://[", "\u00ff", "a" * 9000, "javascript:alert(1)"],
    "x-csrftoken": ["\u00ff", "a" * 5000, "\x00"],
    "x-forwarded-for": ["\u00ff", "127.0.0.1, " * 900, "[::1", "_hidden", "9" * 5000],
    "x-forwarded-host": ["evil.example", "\u00ff"],
    "x-forwarded-proto": ["wss", "\u00ff", "https, http"],
    "x-http-method-override": ["DELETE", "\u00ff"],
}
HOSTS = ["elsewhere.example", "a b", "localhost:x", "localhost:99999", "[::1", "a" * 5000, "\x00", "", ".", "\u00ff"]
MANY = {f"x-odd-{number}": "1" for number in range(200)}


def headers() -> st.SearchStrategy[Mapping[str, str]]:
    """Returns some odd headers, or two hundred; an odd `Host` only now and then: it keeps all else from being read."""
    names = st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=3, unique=True)
    some = names.flatmap(lambda names: st.fixed_dictionaries({name: st.sampled_from(VALUES[name]) for name in names}))
    hosts = st.sampled_from(HOSTS).map(lambda host: {"host": host})
    return st.one_of(some, some, some, some, some, st.just(MANY), hosts)


def _deep(opening: bytes, closing: bytes, depth: int) -> bytes:
    return opening * depth + b"1" + closing * depth


_SHORT = [
    b"null",
    b"true",
    b"-1",
    b"1.5",
    b"1e999",
    b"-0",
    b"NaN",
    b"9223372036854775808",
    b'""',
    b'" "',
    b'"\\ud800"',
    b'"a\\u0000b"',
    b'"half \\udc00 a pair"',
    '"\u202eevil \u2800"'.encode(),
    b'"\xed\xa0\x80"',
    b"\xff",
    "\u0663".encode(),
    b"[]",
    b"{}",
    b"[null]",
    b'{"a": []}',
    b'["a", ["a"]]',
]
_LONG = {
    "digits": b"9" * 5000,
    "digits in words": b'"' + b"9" * 5000 + b'"',
    "words": b'"' + b"x" * 200_000 + b'"',
    "lists": _deep(b"[", b"]", 900),
    "objects": _deep(b'{"a":', b"}", 900),
    "deeper lists": _deep(b"[", b"]", 50_000),
    "many": b"[" + b"1," * 50_000 + b"1]",
}
# By name: Hypothesis writes down what it draws from.
JSON = st.one_of(
    st.sampled_from(_SHORT), st.sampled_from(_SHORT), st.sampled_from(sorted(_LONG)).map(_LONG.__getitem__)
)
"""Values in JSON, or nearly, as they are written."""

IN_ADDRESSES = [
    "9" * 5000,
    "9" * 19,
    "0",
    "-1",
    "1.0",
    "\u0663",
    "1_0",
    "01",
    "\x00",
    "\ud800",
    "..",
    "a" * 9000,
    " 1",
    "%",
]
"""In the place of an id or a name."""


def spoilt(body: Any, chance: int, value: bytes) -> bytes:
    """Returns a body as it is sent with one of its fields, whose turn `chance` says, replaced; or the whole of it."""
    if not isinstance(body, dict) or not body:
        return value
    names = sorted(body, key=str)
    odd = names[chance % len(names)]
    written = {name: value if name == odd else json.dumps(body[name], default=str).encode() for name in names}
    return b"{" + b", ".join(json.dumps(str(name)).encode() + b": " + value for name, value in written.items()) + b"}"
