"""Brings the library to what a manuscript says, through the services."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import realtime
from books.errors import BrokenFile
from books.importing.manuscripts import ChapterManuscript, Manuscript
from books.models import Book, Chapter
from books.services.books import Description, create_book, update_book
from books.services.chapters import create_chapter, update_chapter
from books.services.releases import publish_chapter
from livrya.accounts.models import User
from realtime.errors import ValidationFailed

Report = Callable[[int], None]
"""Called with the number of chapters done so far."""


@dataclass(frozen=True)
class Imported:
    """What an import did: how many chapters it added and changed; `created` says whether the book is new."""

    book: Book
    created: bool
    added: int
    changed: int

    @property
    def is_unchanged(self) -> bool:
        return not (self.created or self.added or self.changed)


def import_book(manuscript: Manuscript, *, owner: User, report: Report = lambda done: None) -> Imported:
    """Creates the book, or changes what differs; run again, it changes nothing.

    A book is the same when title and printed author are; its owner then does not change. A chapter is the same
    when its number is. New chapters come out at once, and notify nobody; one that was taken back is not
    published again. Chapters that the manuscript does not have are kept. Each chapter is a transaction of its
    own, so that others can write meanwhile, and an import that was interrupted goes on where it was.

    Raises BrokenFile for what the library does not take, naming the book and the place in it.
    """
    book = Book.objects.filter(title=_line(manuscript.title), byline=_line(manuscript.author)).order_by("pk").first()
    created = book is None
    name = manuscript.title[:60]
    with _placing(name):
        if book is None:
            book = create_book(actor=None, author=owner, slug=manuscript.slug, **_description(manuscript))
        elif _differs(book, manuscript):
            book = update_book(actor=None, book_id=book.pk, **_description(manuscript))
    present = {chapter.number: chapter for chapter in Chapter.objects.filter(book=book)}
    added = changed = 0
    for number, wanted in enumerate(manuscript.chapters, start=1):
        chapter = present.get(number)
        with _placing(f"{name}, chapters[{number - 1}]"):
            if chapter is None:
                _add(book, wanted)
                added += 1
            elif (chapter.title, chapter.volume, chapter.note, chapter.text) != _content(wanted):
                changed += _change(chapter, wanted)
        report(number)
    book.refresh_from_db()
    return Imported(book, created, added, changed)


@contextmanager
def _placing(place: str) -> Iterator[None]:
    """Has a refused value say where it is."""
    try:
        yield
    except ValidationFailed as refusal:
        fields = ", ".join((refusal.details or {}).get("fields", []))
        raise BrokenFile(f"{place}{', ' * bool(fields)}{fields}: {refusal}") from refusal


def _add(book: Book, wanted: ChapterManuscript) -> None:
    title, volume, note, text = _content(wanted)
    with realtime.atomic():
        chapter = create_chapter(actor=None, book_id=book.pk, title=title, volume=volume, note=note, text=text)
        publish_chapter(actor=None, chapter_id=chapter.pk, silent=True)


def _change(chapter: Chapter, wanted: ChapterManuscript) -> bool:
    title, volume, note, text = _content(wanted)
    updated = update_chapter(
        actor=None, chapter_id=chapter.pk, title=title, volume=volume, note=note, text=text, silent=True
    )
    return updated.version != chapter.version


def _content(wanted: ChapterManuscript) -> tuple[str, str, str, str]:
    return _line(wanted.title), _line(wanted.volume or ""), wanted.note.strip(), wanted.text


def _description(manuscript: Manuscript) -> Description:
    return Description(
        title=manuscript.title,
        byline=manuscript.author,
        licence=manuscript.licence,
        language=manuscript.language,
        blurb=manuscript.blurb,
        rating=manuscript.rating,
        warnings=manuscript.warning_bits,
        tags=manuscript.tags,
        progress=manuscript.progress,
    )


def _differs(book: Book, manuscript: Manuscript) -> bool:
    stored = (book.licence, book.language, book.blurb, book.rating, book.warnings, book.progress)
    wanted = (
        _line(manuscript.licence),
        manuscript.language,
        manuscript.blurb.strip(),
        manuscript.rating,
        manuscript.warning_bits,
        manuscript.progress,
    )
    # A tag already known keeps the spelling that it was first given.
    names = {_line(name).casefold() for name in manuscript.tags}
    return stored != wanted or names != {tag.name.casefold() for tag in book.tags.all()}


def _line(text: str) -> str:
    return " ".join(text.split())
