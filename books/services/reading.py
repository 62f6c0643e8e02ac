"""A reader's place and shelves."""

import math

from django.utils import timezone

import realtime
from books import signals
from books.errors import invalid
from books.models import Book, ReadingProgress, Shelf, ShelfEntry
from books.policies.people import may_read, require_person
from books.selectors.chapters import chapter_by_id
from books.services import checking
from livrya.accounts.models import User
from realtime.errors import NotFound


def open_chapter(*, actor: User | None, chapter_id: int) -> ReadingProgress:
    """Notes that the actor has opened the chapter; a place that they have in it is kept."""
    person = require_person(actor)
    with realtime.atomic():
        chapter = chapter_by_id(person, chapter_id)
        progress, opened = ReadingProgress.objects.get_or_create(
            user=person, chapter=chapter, defaults={"book": chapter.book}
        )
        if opened:
            signals.progress_saved.send(ReadingProgress, progress=progress, connection_id=None, actor=actor)
    return progress


def save_progress(
    *,
    actor: User | None,
    chapter_id: int,
    position: float,
    paragraph: str | None = None,
    connection_id: str | None = None,
) -> ReadingProgress:
    """Notes where the actor is in the chapter: `position` is the part read, 0.0 to 1.0, `paragraph` the id of the one
    at the top of the page. The last save counts.

    `connection_id` is the connection that says so: it does not get the event.
    """
    person = require_person(actor)
    if not (math.isfinite(position) and 0 <= position <= 1):
        raise invalid("position", "A number from 0 to 1, please.")
    if paragraph is not None:
        checking.paragraph("paragraph", paragraph)
    with realtime.atomic():
        chapter = chapter_by_id(person, chapter_id)
        place = {"book": chapter.book, "position": position, "updated_at": timezone.now()}
        if paragraph is not None:
            place["paragraph"] = paragraph
        progress, _ = ReadingProgress.objects.update_or_create(user=person, chapter=chapter, defaults=place)
        signals.progress_saved.send(ReadingProgress, progress=progress, connection_id=connection_id, actor=actor)
    return progress


def shelve_book(*, actor: User | None, book_id: int, shelf: str) -> ShelfEntry:
    """Puts the book on one of the actor's shelves, off the one where it was."""
    person = require_person(actor)
    checking.choice("shelf", shelf, Shelf.values)
    with realtime.atomic():
        book = _readable(person, book_id)
        entry, _ = ShelfEntry.objects.update_or_create(
            user=person, book=book, defaults={"shelf": shelf, "updated_at": timezone.now()}
        )
        signals.book_shelved.send(ShelfEntry, book_id=book.pk, user_id=person.pk, shelf=shelf, actor=actor)
    return entry


def unshelve_book(*, actor: User | None, book_id: int) -> None:
    """Takes the book off the actor's shelves; where it is on none, nothing happens."""
    person = require_person(actor)
    with realtime.atomic():
        taken, _ = ShelfEntry.objects.filter(user=person, book_id=book_id).delete()
        if taken:
            signals.book_shelved.send(ShelfEntry, book_id=book_id, user_id=person.pk, shelf=None, actor=actor)
        else:
            _readable(person, book_id)


def _readable(person: User, book_id: int) -> Book:
    book = Book.objects.filter(pk=book_id).first()
    if book is None or not may_read(person, book):
        raise NotFound("There is no such book.")
    return book
