"""Words of hostile people, wherever they are shown: no page, feed or book carries their markup or their tricks."""

import io
import zipfile
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from books.services.books import update_book
from books.services.chapters import update_chapter
from books.services.comments import post_comment
from books.services.reading import open_chapter
from books.services.reviews import post_review
from livrya.accounts.services import people
from livrya.site.announcements.services import announce
from tests.books import library

pytestmark = pytest.mark.django_db

MARKUP = (
    "<script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)>"
    '[link](javascript:alert(1)) "><a href="javascript:alert(1)">x</a> {{ 7|add:1 }}'
)
# Reorders what follows, hides letters, and lets two names look alike.
TRICKS = "\u202eevil\u2066\u200b\u2060\ufeff\u00ad\U000e0041\u0000"
WORDS = MARKUP + TRICKS
LINE = "<b onclick=alert(1)>Ann</b>" + TRICKS


class Reading(HTMLParser):
    """Notes what a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        if tag == "script" and not (named.get("src") or named.get("nonce") or "json" in (named.get("type") or "")):
            self.wrong.append(tag)
        for name, value in attributes:
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.wrong.append(f"{tag} {name}={value}")


def check(text: str, where: str) -> None:
    reading = Reading()
    reading.feed(text)
    assert reading.wrong == [], where
    assert not set(TRICKS.replace("evil", "")) & set(text), where


def texts_of(element: ElementTree.Element) -> Iterable[str]:
    """Returns what a feed reader would take for HTML."""
    for found in element.iter():
        if found.get("type") == "html":
            yield found.text or ""


@pytest.fixture
def shown() -> dict[str, Any]:
    """A book full of hostile words, by hostile people."""
    author, reader = library.somebody(), library.somebody()
    for person in (author, reader):
        people.update_profile(actor=person, user=person, display_name=LINE, bio=WORDS)
    book = library.book(author, title=LINE, blurb=WORDS)
    update_book(actor=author, book_id=book.pk, byline=LINE)
    chapter = library.chapter(book)
    update_chapter(actor=author, chapter_id=chapter.pk, title=LINE, text=WORDS, note=WORDS, volume=LINE)
    comment = post_comment(actor=reader, chapter_id=chapter.pk, text=WORDS)
    post_comment(actor=author, chapter_id=chapter.pk, text=WORDS, parent_id=comment.pk)
    open_chapter(actor=reader, chapter_id=chapter.pk)
    post_review(actor=reader, book_id=book.pk, rating=1, text=WORDS)
    announce(actor=None, text=WORDS)
    book.refresh_from_db()
    return {"book": book, "author": author, "reader": reader}


def test_no_page_feed_or_book_acts_on_what_people_wrote(shown: dict[str, Any]) -> None:
    book, author = shown["book"], shown["author"]
    client = Client()
    client.force_login(author)
    pages = [
        "/",
        reverse("books"),
        reverse("book", args=[book.slug]),
        reverse("reader", args=[book.slug, 1]),
        reverse("profile", args=[author.username]),
        reverse("notifications"),
        reverse("settings"),
        reverse("desk"),
        reverse("desk-book", args=[book.slug]),
        reverse("desk-edit-book", args=[book.slug]),
    ]
    for address in pages:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "evil" in answer.content.decode(), address
        check(answer.content.decode(), address)
    for address in (reverse("book-feed", args=[book.slug]), reverse("author-feed", args=[author.username])):
        answer = client.get(address)
        check(answer.content.decode(), address)
        for html in texts_of(ElementTree.fromstring(answer.content)):
            check(html, address)
    downloaded = client.get(reverse("book-epub", args=[book.slug]))
    with zipfile.ZipFile(io.BytesIO(downloaded.getvalue())) as archive:
        for name in archive.namelist():
            if name.endswith((".xhtml", ".opf", ".svg")):
                content = archive.read(name)
                ElementTree.fromstring(content)
                check(content.decode(), name)


def test_every_page_says_what_a_browser_may_load_and_run(client: Client) -> None:
    answer = client.get("/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
