"""Files of other programs: read and kept for a day, then accepted by whoever sent them, or forgotten."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

import realtime
from books import limits
from books.drafting import markdown
from books.drafting.blocks import Block, Span
from books.drafting.lines import paragraphs
from books.errors import invalid
from books.importing.foreign.shapes import FoundChapter, Reading
from books.importing.foreign.tidying import words_of
from books.importing.reader import read_file
from books.models import Import, VersionKind
from books.policies.drafting import require_writing
from books.policies.people import require_person
from books.services import checking
from books.services.books import create_book
from books.services.chapters import create_chapter, require_to_add
from books.services.locking import lock_book, lock_chapter
from books.services.replacing import replace_draft
from books.text import count_words
from livrya.accounts.limits import UPLOADS
from livrya.accounts.models import User
from livrya.accounts.services.locking import lock_people
from livrya.kit.texts import clean_line, excerpt
from realtime.errors import NotFound, ValidationFailed

KEEP = timedelta(days=1)
KEPT_PER_PERSON = 5
"""Files; the oldest goes when another one comes."""
_BEGINNING = 200
"""Characters of a chapter that show what it is."""
_NONE = "There is no such import."
_AT_ONCE = 20
"""Rows that go in one transaction; each may have megabytes."""


def begin_import(*, actor: User | None, upload: "UploadedFile[Any]") -> Import:
    """Reads a file, and keeps what it holds for the actor; nothing of it is written yet.

    Takes seconds, outside of every transaction. Raises what `books.importing.reader.read_file` raises.
    """
    person = require_person(actor)
    UPLOADS.charge(person.pk)
    name = clean_line(upload.name or "")
    reading = read_file(name, upload.read())
    kept = Import(user=person, name=excerpt(name, limits.TITLE), **_fields(reading))
    with realtime.atomic():
        lock_people(person)  # two files at once would each find a place free
        kept.save(force_insert=True)
        newest = Import.objects.filter(user=person).order_by("-pk").values_list("pk", flat=True)[:KEPT_PER_PERSON]
        Import.objects.filter(user=person).exclude(pk__in=list(newest)).delete()
    return kept


def accept_import(
    *,
    actor: User | None,
    import_id: int,
    chapters: Sequence[int] | None = None,
    book_id: int | None = None,
    chapter_id: int | None = None,
    title: str = "",
) -> Import:
    """Writes the chapters at these places of the outline (None: all), and returns what became of them.

    With `book_id` they are drafts at that book's end; with `chapter_id` that chapter's draft says them from now on, as
    it does after a version is restored (`books.services.replacing`). Else they are a book of its own, called `title` or
    as the file is.

    The first call decides; another one only finishes what was interrupted, or limited (RateLimited), and writes nothing
    twice. Each chapter is a transaction of its own, so that others can write meanwhile.
    """
    person = require_person(actor)
    _decide(person, import_id, chapters, book_id, chapter_id, title)
    kept = Import.objects.filter(pk=import_id, user=person).first()
    if kept is None:  # dismissed this very moment
        raise NotFound(_NONE)
    chosen = [kept.contents[at] for at in kept.chosen]
    if kept.is_finished:
        return kept
    if kept.chapter_id is not None:
        _replace(person, kept, chosen)
    else:
        _add(person, kept, chosen)
    kept.done = len(chosen)
    return kept


def dismiss_import(*, actor: User | None, import_id: int) -> None:
    """Forgets a file of the actor's; what was written of it stays."""
    person = require_person(actor)
    with realtime.atomic():
        _lock(person, import_id).delete()


def prune() -> int:
    """Forgets what was sent more than a day ago, in small transactions; returns how many went."""
    old = Import.objects.filter(created_at__lt=timezone.now() - KEEP).order_by("pk").values_list("pk", flat=True)
    total = 0
    while keys := list(old[:_AT_ONCE]):
        total += Import.objects.filter(pk__in=keys).delete()[0]
    return total


def _decide(
    person: User,
    import_id: int,
    chapters: Sequence[int] | None,
    book_id: int | None,
    chapter_id: int | None,
    title: str,
) -> None:
    """Settles what is written where, unless that is settled."""
    with realtime.atomic():
        kept = _lock(person, import_id, with_contents=True)
        if kept.accepted_at is not None:
            return
        kept.chosen = _places(kept, chapters)
        if book_id is not None and chapter_id is not None:
            raise invalid("chapterId", "A book or a chapter, please, not both.")
        if chapter_id is not None:
            kept.chapter = lock_chapter(person, chapter_id)
            kept.book = kept.chapter.book
            require_writing(person, kept.chapter)
            if not _fits(_as_one_text([kept.contents[at] for at in kept.chosen])):
                raise invalid("chapters", "Together they are longer than a chapter may be.")
        elif book_id is not None:
            kept.book = lock_book(book_id)
            require_to_add(person, kept.book)
        else:
            kept.book = create_book(actor=person, title=title or kept.title, language=kept.language or "en")
        kept.accepted_at = timezone.now()
        kept.save(update_fields=["chosen", "book", "chapter", "accepted_at"])


def _places(kept: Import, chapters: Sequence[int] | None) -> list[int]:
    every = range(len(kept.outline))
    places = list(every) if chapters is None else sorted({place for place in chapters if place in every})
    if not places:
        raise invalid("chapters", "Choose a chapter at least.")
    if not all(kept.outline[place]["fits"] for place in places):
        raise invalid("chapters", "One of them is longer than a chapter may be.")
    return places


def _add(person: User, kept: Import, chosen: Sequence[dict[str, str]]) -> None:
    assert kept.book_id is not None
    done = 0
    while done < len(chosen):
        with realtime.atomic():
            lock_book(kept.book_id)  # before the file's row, as whoever deletes the book and with it the row does
            # Whoever accepts at the same moment goes on behind the chapter that this one adds.
            now = _lock(person, kept.pk)
            done = now.done
            if done < len(chosen):
                one = chosen[done]
                create_chapter(
                    actor=person,
                    book_id=kept.book_id,
                    title=one["title"],
                    volume=one["volume"],
                    text=one["text"],
                    note=one["note"] or None,
                )
                done = now.done = done + 1
                now.save(update_fields=["done"])


def _replace(person: User, kept: Import, chosen: Sequence[dict[str, str]]) -> None:
    assert kept.chapter_id is not None

    def is_due() -> bool:
        # Locked: of two who accept at the same moment one replaces the draft.
        return not _lock(person, kept.pk).is_finished

    def finish(changes: bool) -> None:
        Import.objects.filter(pk=kept.pk).update(done=len(chosen))

    replace_draft(
        actor=person,
        chapter_id=kept.chapter_id,
        text=_as_one_text(chosen),
        ids=None,
        kind=VersionKind.IMPORTING,
        act="chapter:import",
        may_begin=is_due,
        finish=finish,
    )


def _as_one_text(chosen: Sequence[dict[str, str]]) -> str:
    """Returns the chapters as one; of several each one's title is a heading."""
    if len(chosen) == 1:
        return chosen[0]["text"]
    titles = [markdown.write([Block((Span(one["title"]),), "heading", 2)]) for one in chosen]
    return "\n\n".join(f"{title}\n\n{one['text']}" for title, one in zip(titles, chosen, strict=True))


def _fields(reading: Reading) -> dict[str, Any]:
    try:
        language = checking.language(reading.language)
    except ValidationFailed:
        language = ""
    return {
        "title": excerpt(reading.title, limits.TITLE),
        "author": excerpt(reading.author, limits.TITLE),
        "language": language,
        "remarks": [remark.value for remark in reading.remarks],
        "outline": [_line(chapter) for chapter in reading.chapters],
        "contents": [msgspec.to_builtins(chapter) for chapter in reading.chapters],
    }


def _line(chapter: FoundChapter) -> dict[str, Any]:
    return {
        "title": chapter.title,
        "volume": chapter.volume,
        "words": count_words(chapter.text),
        "beginning": _beginning(chapter.text),
        "fits": _fits(chapter.text) and len(chapter.note) <= limits.NOTE,
    }


def _beginning(text: str) -> str:
    """Returns the first words as they are read, without marks."""
    looked_at = text[: 4 * _BEGINNING]
    words = " ".join(words_of(block.inlines) for block in markdown.read(looked_at))
    shown = excerpt(words, _BEGINNING)
    return shown if shown == words and looked_at == text else f"{shown.rpartition(' ')[0] or shown} …"


def _fits(text: str) -> bool:
    return len(text) <= limits.CHAPTER and len(paragraphs(text)) <= limits.PARAGRAPHS


def _lock(person: User, import_id: int, *, with_contents: bool = False) -> Import:
    rows = Import.objects.select_for_update(no_key=True, of=("self",)).filter(pk=import_id, user=person)
    kept = (rows if with_contents else rows.defer(*Import.LONG_FIELDS)).first()
    if kept is None:
        raise NotFound(_NONE)
    return kept
