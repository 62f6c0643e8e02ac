"""Bytes of unknown origin as text."""

import codecs
import re

from books.importing.foreign.shapes import Reason, Remark, Unreadable

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9._-]{2,40})""", re.IGNORECASE)
# What is no text, though it may begin like one.
_OTHERS = (b"%PDF", b"{\\rtf", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"GIF8", b"\xff\xd8\xff")


# What Python calls encodings and no file is in: "punycode" takes minutes for a megabyte.
_NO_ENCODINGS = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"})


def decoded_as(data: bytes, encoding: str) -> str:
    """Returns the text in an encoding that a file says it is in. Raises LookupError for what is none."""
    found = codecs.lookup(encoding)
    if found.name.replace("_", "-") in _NO_ENCODINGS:
        raise LookupError(encoding)
    return data.decode(found.name, "replace")


def text_of(data: bytes, *, may_declare: bool = False) -> tuple[str, set[Remark]]:
    """Returns the text, and whether its encoding was guessed: what is not UTF-8 and says nothing is taken for Windows'.

    `may_declare`: a `charset=` near the beginning counts. Raises Unreadable for what is no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), set()
    if b"\0" in data or data.startswith(_OTHERS):
        raise Unreadable(Reason.ANOTHER_KIND)
    try:
        return data.decode("utf-8"), set()
    except UnicodeDecodeError:
        pass
    declared = _CHARSET.search(data[:2048]) if may_declare else None
    if declared:
        try:
            return decoded_as(data, declared[1].decode()), set()
        except LookupError:
            pass
    return data.decode("cp1252", "replace"), {Remark.ENCODING}
