"""Values in a document, of attributes and marks: looked through, and no deeper than is fine for who reads them next."""

import re
from typing import Any

import msgspec

from realtime.documents.lib0 import Reader
from realtime.errors import MalformedUpdate

MAX_DEPTH = 8
"""Lists in lists. The library's reading calls itself for each: 64 KB of them overflow its stack and end the process."""

MAX_JSON_BYTES = 16 * 1024
"""One mark's value, such as a link. Read, JSON takes up to 30 times its bytes for a moment."""

_UNDEFINED, _NULL, _INTEGER, _FLOAT32, _FLOAT64, _, _FALSE, _TRUE, _TEXT = range(127, 118, -1)
_LIST = 117
_BYTES_OF = {_UNDEFINED: 0, _NULL: 0, _FLOAT32: 4, _FLOAT64: 8, _FALSE: 0, _TRUE: 0}

# What a mark that is on or off has for its value; most have no other.
_PLAIN_JSON = frozenset({"{}", "null", "true", "false"})
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{]|[\]}]', re.DOTALL)


def skip_any(reader: Reader) -> None:
    """Moves behind one value in lib0's encoding: a scalar, or a list of values at most `MAX_DEPTH` deep.

    Maps, buffers and big integers are refused: no document here has them, and browsers make no JSON of the last.
    """
    left = [1]  # values to come in each list that is open
    while left:
        if not left[-1]:
            left.pop()
            continue
        left[-1] -= 1
        tag = reader.byte()
        size = _BYTES_OF.get(tag)
        if size is not None:
            reader.skip(size)
        elif tag == _TEXT:
            reader.text()
        elif tag == _INTEGER:
            _skip_integer(reader)
        elif tag == _LIST:
            if len(left) > MAX_DEPTH:
                raise MalformedUpdate("The update has a value that is nested too deeply.")
            left.append(reader.count(1))
        else:
            raise MalformedUpdate("The update has a value of a kind that is not taken.")


def _skip_integer(reader: Reader) -> None:
    """A sign and six bits, then seven bits a byte; 53 bits at most, as JavaScript has them."""
    byte = reader.byte()
    value = byte & 0x3F
    shift = 6
    while byte >= 0x80:
        byte = reader.byte()
        value |= (byte & 0x7F) << shift
        shift += 7
        if shift > 55:
            break
    if byte >= 0x80 or (shift > 6 and not byte) or value >= 2**53:
        raise MalformedUpdate("The update has a number that no client writes.")


def read_json(text: str) -> Any:
    """Returns what the JSON says; raises `MalformedUpdate` for what is none, large, or deeper than `MAX_DEPTH`."""
    if len(text) > MAX_JSON_BYTES:
        raise MalformedUpdate("The update has a value that is too large.")
    if text.count("[") + text.count("{") > MAX_DEPTH and _is_deep(text):
        raise MalformedUpdate("The update has a value that is nested too deeply.")
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        raise MalformedUpdate("The update has a value that is not JSON.") from None


def check_json(text: str) -> None:
    """Raises `MalformedUpdate` as `read_json` does."""
    if text not in _PLAIN_JSON:
        read_json(text)


def _is_deep(text: str) -> bool:
    """Tells by brackets alone. As far as the text is JSON, strings are found where a parser finds them."""
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        match found[0]:
            case "[" | "{":
                depth += 1
                if depth > MAX_DEPTH:
                    return True
            case "]" | "}":
                depth -= 1
    return False
