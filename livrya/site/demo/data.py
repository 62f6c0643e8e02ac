"""What the demo library consists of, as the files beside this one have it."""

import json
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from books.importing.manuscripts import ChapterManuscript, Manuscript

FOLDER = Path(__file__).parent

T = TypeVar("T")


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A demo account; `part` is what they mostly do here."""

    username: str
    name: str
    part: Literal["author", "editor", "translator", "reader", "staff"]
    bio: str


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who does what in a serial; the first is the author."""

    username: str
    kind: str


class WaitingChapter(ChapterManuscript, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A chapter that is not out yet."""

    state: Literal["draft", "scheduled"]


class Serial(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A serial of our own: the book as it is imported, its people, and what is still to come."""

    credits: list[Part]
    book: Manuscript
    waiting: list[WaitingChapter]


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    by: str
    text: str


class Remark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A comment that starts a thread; `paragraph` is the index of the one that it is about."""

    chapter: int
    by: str
    text: str
    paragraph: int | None = None
    replies: list[Reply] = []


class Opinion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A review."""

    by: str
    rating: int
    text: str


class Readership(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What readers do with one serial; `places` are (chapter, part read) by username."""

    subscribers: dict[str, str]
    places: dict[str, list[tuple[int, float]]]
    shelves: dict[str, str]
    reviews: list[Opinion]
    comments: list[Remark]


class Talk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What goes on around the serials: who follows whom, and the readership of each by the name of its file."""

    follows: list[tuple[str, str]]
    books: dict[str, Readership]


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something said in a group; `answers` is the number of what it answers, `reactions` are by who gave them."""

    by: str
    text: str
    answers: int | None = None
    reactions: dict[str, str] = {}


class Circle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group with its people and what they have said there."""

    name: str
    description: str
    owner: str
    moderators: list[str]
    members: list[str]
    messages: list[Said]
    is_private: bool = False


def people() -> list[Person]:
    """Returns the demo accounts."""
    return _read("people.json", list[Person])


def serials() -> dict[str, Serial]:
    """Returns the serials by the names of their files."""
    return {path.stem: _read(f"serials/{path.name}", Serial) for path in sorted((FOLDER / "serials").glob("*.json"))}


def talk() -> Talk:
    """Returns what people do with them."""
    return _read("talk.json", Talk)


def circles() -> list[Circle]:
    """Returns the groups; the cast talks in the first two."""
    return _read("groups.json", list[Circle])


def _read(name: str, shape: type[T]) -> T:
    return msgspec.convert(json.loads((FOLDER / name).read_text(encoding="utf-8")), shape)
