"""What is read of a file, and why one is not read."""

from enum import StrEnum

import msgspec

MOST_CHARACTERS = 8_000_000
"""Of all chapters of one file. The longest novels that are read have 4 million."""
MOST_CHAPTERS = 900
"""Of one file, as a form with a field for each may have 1,000. Les Misérables has 365."""
MOST_TAGS = 500_000
"""Of markup that one file is made of; so many take 20 s in mammoth. Ulysses as a Word file has 243,000."""
MOST_PARAGRAPHS = 100_000
"""Of one file, 7 s. The longest novels that are read have 20,000."""
TITLE = 200
"""Characters; as `books.limits.TITLE`, which a test compares."""


class Remark(StrEnum):
    """What did not come along, or was guessed; for people to look at before anything is written."""

    PICTURES = "pictures"
    TABLES = "tables"
    FOOTNOTES = "footnotes"
    ENCODING = "encoding"


class Reason(StrEnum):
    """Why a file is not read; the whole catalogue."""

    UNKNOWN_KIND = "unknown_kind"
    ANOTHER_KIND = "another_kind"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    TOO_MUCH = "too_much"
    TOO_DEEP = "too_deep"
    EMPTY = "empty"


class Unreadable(Exception):
    """The file is not read, for that reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def require_little(*, tags: int = 0, paragraphs: int = 0) -> None:
    """Raises Unreadable for more than one file may have: what is small when packed may keep a process busy for long."""
    if tags > MOST_TAGS or paragraphs > MOST_PARAGRAPHS:
        raise Unreadable(Reason.TOO_MUCH)


class FoundChapter(msgspec.Struct, frozen=True, kw_only=True):
    """One chapter of a file; `text` and `note` are in our Markdown, `title` and `volume` a line each, perhaps ""."""

    title: str
    text: str
    volume: str = ""
    note: str = ""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds. `title`, `author` and `language` are "" where it does not say; there is a chapter at least."""

    chapters: list[FoundChapter]
    title: str = ""
    author: str = ""
    language: str = ""
    remarks: list[Remark] = []


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the child process says: one of the two."""

    reading: Reading | None = None
    refused: Reason | None = None
