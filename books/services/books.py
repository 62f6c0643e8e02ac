"""Books: made, described, taken out of sight, deleted."""

import secrets
from collections.abc import Iterable
from typing import Any, TypedDict, Unpack

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

import realtime
from books import limits, signals
from books.errors import invalid
from books.models import (
    Book,
    ContentRating,
    ContentWarning,
    Credit,
    CreditKind,
    Progress,
    Right,
    Subscription,
    Tag,
    Visibility,
)
from books.models.people import ALL_RIGHTS
from books.policies.people import require, require_staff
from books.services import checking, drafts
from books.services.locking import known_book, lock_book
from livrya.accounts.limits import UPLOADS
from livrya.accounts.models import User
from livrya.accounts.policies import staff_may
from livrya.audit.services import record
from livrya.kit.addresses import taken_words
from livrya.kit.pictures import Reencoded, reencode
from realtime.errors import Conflict, Unauthenticated

COVER_WIDTH, COVER_HEIGHT = 800, 1200

EVERY_ROOM = 10_000
"""Rooms that get an event when a whole book goes out of sight: each of its chapters has one."""


class Description(TypedDict, total=False):
    """What describes a book; `warnings` is a bitmask of ContentWarning, `tags` are names as people write them."""

    title: str
    blurb: str
    byline: str
    licence: str
    language: str
    rating: str
    warnings: int
    tags: Iterable[str]
    progress: str
    visibility: str
    default_note: str


def create_book(
    *, actor: User | None, slug: str | None = None, author: User | None = None, **description: Unpack[Description]
) -> Book:
    """Makes a book whose author is `author`, by default the actor; a person makes only books of their own.

    Without `slug` the title gives one; a given one that is taken raises Conflict.
    """
    for_another = actor is not None and author not in (None, actor)
    if for_another and not staff_may(actor, "books.add_book"):
        raise Unauthenticated("You can only make books of your own.")
    owner = author or actor
    if owner is None or not owner.is_authenticated:
        raise Unauthenticated
    limits.BOOKS.charge(actor.pk if actor else None)
    with realtime.atomic():
        book = Book(slug="-")
        _describe(book, {"title": "", **description})
        book.slug = _free_slug(book.title) if slug is None else _given_slug(slug)
        try:
            with transaction.atomic():
                book.save(force_insert=True)
        except IntegrityError as error:
            raise Conflict("A book with this address exists already.", details={"slug": book.slug}) from error
        Credit.objects.create(
            book=book, user=owner, kind=CreditKind.AUTHOR, rights=ALL_RIGHTS, accepted_at=timezone.now()
        )
        if "tags" in description:
            _tag(book, description["tags"])
        if for_another:
            record(actor=actor, act="book:create", target=f"book:{book.pk}")
        signals.book_created.send(Book, book=book, actor=actor)
    return book


def update_book(*, actor: User | None, book_id: int, **description: Unpack[Description]) -> Book:
    """Changes what is given of a book's description."""
    with realtime.atomic(max_rooms=EVERY_ROOM):
        book = lock_book(book_id)
        if "tags" in description:
            require(actor, book, Right.CHANGE_TAGS, staff="books.change_book", act="book:tag")
        if description.keys() - {"tags"} or not description:
            require(actor, book, Right.EDIT_INFO, staff="books.change_book", act="book:update")
        was = book.visibility
        _describe(book, description)
        book.save()
        if "tags" in description:
            _tag(book, description["tags"])
        signals.book_updated.send(Book, book=book, actor=actor)
        if was != book.visibility:
            signals.reading_right_changed.send(Book, book=book, user_id=None, actor=actor)
    return book


def encode_cover(upload: "UploadedFile[Any] | Reencoded") -> Reencoded:
    """Returns the picture as a cover is stored; for a caller who is in a transaction when `set_cover` is called.

    Raises what `livrya.kit.pictures.reencode` raises.
    """
    return reencode(upload, width=COVER_WIDTH, height=COVER_HEIGHT)


def set_cover(*, actor: User | None, book_id: int, upload: "UploadedFile[Any] | Reencoded | None") -> Book:
    """Gives the book a new cover, or takes away the one it has (`upload` None)."""
    if actor is not None:
        # Before the picture is decoded: a stranger's upload is not worth the time.
        require(actor, known_book(book_id), Right.EDIT_INFO, staff="books.change_book")
        if upload is not None:
            UPLOADS.charge(actor.pk)
    encoded = encode_cover(upload) if upload is not None else None
    with realtime.atomic():
        book = lock_book(book_id)
        require(actor, book, Right.EDIT_INFO, staff="books.change_book", act="book:cover")
        _forget_file(book)
        if encoded is None:
            book.cover = ""
        else:
            book.cover.save(f"{secrets.token_urlsafe(12)}.webp", encoded, save=False)
        book.save(update_fields=["cover", "updated_at"])
        signals.book_updated.send(Book, book=book, actor=actor)
    return book


def delete_book(*, actor: User | None, book_id: int) -> None:
    """Deletes a book with everything in it, for ever."""
    with realtime.atomic(max_rooms=EVERY_ROOM):
        book = lock_book(book_id)
        require(actor, book, Right.DELETE, staff="books.delete_book", act="book:delete")
        _forget_file(book)
        people = {
            *Credit.objects.filter(book=book).values_list("user_id", flat=True),
            *Subscription.objects.filter(book=book).values_list("user_id", flat=True),
        }
        drafts.erase(book.chapters.values_list("pk", flat=True))
        signals.book_deleted.send(Book, book=book, people=people, actor=actor)
        book.delete()


def hide_book(*, actor: User | None, book_id: int) -> Book:
    """Takes a book out of sight of everybody but its people; for staff."""
    return _moderate(actor, book_id, hidden=True)


def restore_book(*, actor: User | None, book_id: int) -> Book:
    """Brings a hidden book back into sight; for staff."""
    return _moderate(actor, book_id, hidden=False)


def _moderate(actor: User | None, book_id: int, *, hidden: bool) -> Book:
    require_staff(actor, "books.change_book")
    with realtime.atomic(max_rooms=EVERY_ROOM):
        book = lock_book(book_id)
        if (book.hidden_at is not None) == hidden:
            return book
        act = "book:hide" if hidden else "book:restore"
        require_staff(actor, "books.change_book", act=act, target=f"book:{book.pk}")
        book.hidden_at = timezone.now() if hidden else None
        book.save(update_fields=["hidden_at", "updated_at"])
        signals.book_moderated.send(Book, book=book, hidden=hidden, actor=actor)
        signals.reading_right_changed.send(Book, book=book, user_id=None, actor=actor)
    return book


def _describe(book: Book, given: Description) -> None:
    if "title" in given:
        book.title = checking.line("title", given["title"], longest=limits.TITLE)
    if "blurb" in given:
        book.blurb = checking.body("blurb", given["blurb"], longest=limits.SUMMARY, required=False)
    if "byline" in given:
        book.byline = checking.line("byline", given["byline"], longest=limits.TITLE, required=False)
    if "licence" in given:
        book.licence = checking.line("licence", given["licence"], longest=limits.TITLE, required=False)
    if "language" in given:
        book.language = checking.language(given["language"])
    if "rating" in given:
        book.rating = checking.choice("rating", given["rating"], ContentRating.values)
    if "warnings" in given:
        book.warnings = checking.flags("warnings", given["warnings"], sum(ContentWarning))
    if "progress" in given:
        book.progress = checking.choice("progress", given["progress"], Progress.values)
    if "visibility" in given:
        book.visibility = checking.choice("visibility", given["visibility"], Visibility.values)
    if "default_note" in given:
        book.default_note = checking.body("defaultNote", given["default_note"], longest=limits.NOTE, required=False)


def _tag(book: Book, names: Iterable[str]) -> None:
    given = list(names)
    if len(given) > limits.TAGS_PER_BOOK:  # counted first: a form has room for millions, and others wait for this one
        raise invalid("tags", f"At most {limits.TAGS_PER_BOOK} tags, please.")
    wanted: dict[str, str] = {}
    for name in given:
        clean = checking.line("tags", name, longest=limits.TAG)
        wanted.setdefault(_tag_slug(clean), clean)
    known = set(Tag.objects.filter(slug__in=wanted).values_list("slug", flat=True))
    Tag.objects.bulk_create(
        [Tag(name=name, slug=slug) for slug, name in sorted(wanted.items()) if slug not in known],
        ignore_conflicts=True,
    )
    book.tags.set(Tag.objects.filter(slug__in=wanted))


def _tag_slug(name: str) -> str:
    # Tags in any script; a name without any letters is its own slug.
    return slugify(name, allow_unicode=True)[: limits.TAG] or name.casefold()


def _given_slug(slug: str) -> str:
    if len(slug) > 100 or not slug or slug != slugify(slug):
        raise invalid("slug", "Small letters, digits and hyphens, please; at most 100.")
    if slug in taken_words("slug"):
        raise invalid("slug", "This word is part of the site's own addresses.")
    return slug


def _free_slug(title: str) -> str:
    base = slugify(title)[:80].strip("-") or f"book-{secrets.token_hex(4)}"
    taken = {*Book.objects.filter(slug__startswith=base).values_list("slug", flat=True), *taken_words("slug")}
    if base not in taken:
        return base
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in numbered if slug not in taken)


def _forget_file(book: Book) -> None:
    if book.cover:
        storage, name = book.cover.storage, book.cover.name
        transaction.on_commit(lambda: storage.delete(str(name)), robust=True)
