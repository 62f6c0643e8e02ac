"""Books as lists and one by one."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Literal

from django.db.models import F, Prefetch, Q, QuerySet

from books.models import Book, ContentRating, Credit, CreditKind, Tag, Visibility
from books.policies import Viewer, viewer_id, visible_to, written_by
from livrya.kit.texts import clean_line, search_words
from realtime.errors import NotFound

Order = Literal["recent", "popular", "newest", "title"]
ORDERS: dict[str, Sequence[str]] = {
    "recent": ("-last_published_at", "-id"),
    "popular": ("-subscriber_count", "-id"),
    "newest": ("-created_at", "-id"),
    "title": ("title", "id"),
}


def with_people(books: QuerySet[Book]) -> QuerySet[Book]:
    """Adds accepted credits (as `people`, with their users) and tags, in one query each."""
    credits = Credit.objects.filter(accepted_at__isnull=False).select_related("user").order_by("id")
    return books.prefetch_related(
        Prefetch("credits", queryset=credits, to_attr="people"), Prefetch("tags", Tag.objects.all())
    )


MOST_TAGS = 20
"""Each is a subquery of its own."""
MOST_AVOIDED_TAGS = 100
_LONGEST_WORD = 100
_LONGEST_QUERY = 200


def visible_books(viewer: Viewer) -> QuerySet[Book]:
    """Returns every book that `viewer` may see, also those without chapters; unordered."""
    return Book.objects.filter(visible_to(viewer))


def listed_books(
    viewer: Viewer,
    *,
    text: str = "",
    tags: Iterable[str] = (),
    without_tags: Iterable[str] = (),
    author_id: int | None = None,
    language: str = "",
    ratings: Iterable[str] = (),
    without_warnings: int = 0,
    order: Order = "recent",
) -> QuerySet[Book]:
    """Returns the books with something to read in them, as the library shows them, with people and tags.

    `text` is looked for in title, byline, blurb, tags and authors' names; `tags` (slugs) must all be there,
    `without_tags` none; `without_warnings` is a bitmask of ContentWarning of which none may be set.
    What is more than MOST_TAGS, MOST_AVOIDED_TAGS or longer than a name can be is not looked for.
    """
    books = visible_books(viewer).filter(published_count__gt=0)
    if without_warnings:
        books = books.annotate(_warned=F("warnings").bitand(without_warnings)).filter(_warned=0)
    if language:
        books = books.filter(language=clean_line(language[:_LONGEST_WORD]))
    if ratings := _slugs(ratings, len(ContentRating.values)):
        books = books.filter(rating__in=ratings)
    for slug in _slugs(tags, MOST_TAGS):
        books = books.filter(pk__in=Book.tags.through.objects.filter(tag__slug=slug).values("book_id"))
    if without_tags := _slugs(without_tags, MOST_AVOIDED_TAGS):
        books = books.exclude(pk__in=Book.tags.through.objects.filter(tag__slug__in=without_tags).values("book_id"))
    if author_id is not None:
        books = books.filter(pk__in=_credited(Q(user_id=author_id)))
    for word in search_words(text[:_LONGEST_QUERY]):
        books = books.filter(
            Q(title__icontains=word)
            | Q(byline__icontains=word)
            | Q(blurb__icontains=word)
            | Q(pk__in=Book.tags.through.objects.filter(tag__name__icontains=word).values("book_id"))
            | Q(pk__in=_credited(Q(user__username__icontains=word) | Q(user__display_name__icontains=word)))
        )
    return with_people(books).order_by(*ORDERS[order])


def _slugs(given: Iterable[str], most: int) -> list[str]:
    """Returns what of the asked words is looked for: each once, and so many of them."""
    return list(dict.fromkeys(clean_line(slug[:_LONGEST_WORD]) for slug in islice(given, most)))


def get_book(viewer: Viewer, *, slug: str | None = None, book_id: int | None = None) -> Book:
    """Returns one book with its people and tags. Raises NotFound also where the viewer may not know of it."""
    wanted = Q(slug=slug) if slug is not None else Q(pk=book_id)
    book = with_people(visible_books(viewer)).filter(wanted).first()
    if book is None:
        raise NotFound("There is no such book.")
    return book


def books_worked_on(viewer: Viewer) -> QuerySet[Book]:
    """Returns the books in which `viewer` has an accepted credit, the last changed first, with people and tags."""
    return with_people(Book.objects.filter(pk__in=_credited(Q(user_id=viewer_id(viewer))))).order_by(
        "-updated_at", "-id"
    )


def books_written(viewer: Viewer) -> QuerySet[Book]:
    """Returns the books to which `viewer` may add chapters by their part in them, the last changed first."""
    return Book.objects.filter(written_by(viewer)).order_by("-updated_at", "-id")


def byline(book: Book) -> str:
    """Returns who wrote a book, as printed: its byline, or the names of its authors. `book` comes with people."""
    return book.byline or ", ".join(
        str(credit.user)
        for credit in book.people  # type: ignore[attr-defined]  # prefetched by with_people
        if credit.kind in (CreditKind.AUTHOR, CreditKind.CO_AUTHOR)
    )


def is_public(book: Book) -> bool:
    """Tells whether everybody may see the book."""
    return book.visibility == Visibility.PUBLIC and book.hidden_at is None


def tags_in_use(viewer: Viewer, starting_with: str = "") -> QuerySet[Tag]:
    """Returns the tags of books that `viewer` may see, by name."""
    return (
        Tag.objects.filter(name__istartswith=clean_line(starting_with), books__in=visible_books(viewer))
        .distinct()
        .order_by("name")
    )


def _credited(person: Q) -> QuerySet[Credit, int]:
    return Credit.objects.filter(person, accepted_at__isnull=False).values_list("book_id", flat=True)
