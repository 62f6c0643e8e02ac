"""Atom feeds of new chapters: of a book, and of an author's books.

Whoever asks sees what they may see; most feed readers ask as nobody, and get what is public.
"""

from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import Any

from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from books.models import Book, Chapter, Credit, CreditKind
from books.selectors.books import byline, get_book
from books.selectors.chapters import latest_chapters
from livrya.accounts import selectors as people
from livrya.accounts.models import User
from livrya.kit.texts import excerpt

ENTRIES = 50
EXCERPT = 400


class _LanguageFeed(Atom1Feed):
    """An Atom feed in the language of its book rather than of the site."""

    def root_attributes(self) -> dict[str, Any]:
        attributes: dict[str, Any] = super().root_attributes()
        if self.feed.get("book_language"):
            attributes["xml:lang"] = self.feed["book_language"]
        return attributes


class _ChapterFeed(Feed[Chapter, Any]):
    feed_type = _LanguageFeed

    def item_link(self, item: Chapter) -> str:
        return reverse("reader", args=[item.book.slug, item.number])

    def item_guid(self, item: Chapter) -> str:
        # Not the address: chapters change places.
        return f"urn:livrya:chapter:{item.pk}:{int(item.created_at.timestamp())}"

    def item_description(self, item: Chapter) -> str:
        # Django calls an entry's summary HTML, and feed readers take it for that.
        return escape(excerpt(item.text, EXCERPT))

    def item_pubdate(self, item: Chapter) -> datetime | None:
        return item.published_at

    def item_updateddate(self, item: Chapter) -> datetime:
        return item.updated_at


class BookFeed(_ChapterFeed):
    """The chapters of one book, the newest first."""

    def get_object(self, request: HttpRequest, slug: str) -> tuple[Book, QuerySet[Chapter]]:
        book = get_book(request.user, slug=slug)
        return book, _latest(request).filter(book=book)

    def title(self, found: tuple[Book, Any]) -> str:
        return found[0].title

    def subtitle(self, found: tuple[Book, Any]) -> str:
        return excerpt(found[0].blurb, EXCERPT)

    def link(self, found: tuple[Book, Any]) -> str:
        return reverse("book", args=[found[0].slug])

    def author_name(self, found: tuple[Book, Any]) -> str:
        return byline(found[0])

    def feed_extra_kwargs(self, found: tuple[Book, Any]) -> dict[str, Any]:
        return {"book_language": found[0].language}

    def items(self, found: tuple[Book, QuerySet[Chapter]]) -> Iterable[Chapter]:
        return found[1][:ENTRIES]

    def item_title(self, item: Chapter) -> str:
        return item.title


class AuthorFeed(_ChapterFeed):
    """The chapters of all books of one author, the newest first."""

    def get_object(self, request: HttpRequest, username: str) -> tuple[User, QuerySet[Chapter]]:
        author = people.person(username)
        credited = Credit.objects.filter(
            user=author, kind__in=(CreditKind.AUTHOR, CreditKind.CO_AUTHOR), accepted_at__isnull=False
        )
        return author, _latest(request).filter(book__in=credited.values("book"))

    def title(self, found: tuple[User, Any]) -> str:
        return str(found[0])

    def subtitle(self, found: tuple[User, Any]) -> str:
        return excerpt(found[0].bio, EXCERPT)

    def link(self, found: tuple[User, Any]) -> str:
        return reverse("profile", args=[found[0].username])

    def author_name(self, found: tuple[User, Any]) -> str:
        return str(found[0])

    def items(self, found: tuple[User, QuerySet[Chapter]]) -> Iterable[Chapter]:
        return found[1][:ENTRIES]

    def item_title(self, item: Chapter) -> str:
        return f"{item.book.title}: {item.title}"


def _latest(request: HttpRequest) -> QuerySet[Chapter]:
    # With the text, which the selector leaves out: an entry shows its beginning.
    return latest_chapters(request.user).defer(None)
