"""The first page, the shelves and the list of all books."""

import pytest
from django.test import Client

from books.models import ContentWarning
from books.services.books import update_book
from books.services.releases import publish_chapter
from tests.livrya.site.pages.conftest import signed_in


def test_home_continues_where_the_reader_was_and_shows_what_is_new(library):
    client = signed_in(library.reader)
    client.post("/books/the-lamp-room/subscribe/", {"level": "all"})
    client.get("/books/the-lamp-room/1/")
    publish_chapter(actor=library.author, chapter_id=library.chapters[2].pk)
    page = client.get("/").content.decode()
    assert f'data-chapter="{library.chapters[0].pk}"' in page
    assert "3. Flame" in page


@pytest.mark.parametrize("query", ["?page=9999", "?page=x", "?order=odd", "?rating=odd", "?without=ODD", "?q=%00"])
def test_odd_filters_still_give_a_page(library, query):
    assert Client().get(f"/books/{query}").status_code == 200


def test_who_is_not_signed_in_is_welcomed_and_shown_what_there_is(library):
    page = Client().get("/").content.decode()
    assert "The Lamp Room" in page
    assert "pages/welcome.html" in [used.name for used in Client().get("/").templates]


def test_books_are_listed_as_one_asks_and_wants_to_avoid(library):
    def found(query):
        return [book.title for book in Client().get(f"/books/?{query}").context["books"]]

    update_book(actor=library.author, book_id=library.book.pk, rating="mature", warnings=int(ContentWarning.DEATH))
    for query in ("", "q=lamp", "rating=mature", "language=en", "without=VIOLENCE"):
        assert found(query) == ["The Lamp Room"], query
    for query in ("q=whale", "rating=teen", "language=de", "tag=sea", "without=DEATH"):
        assert found(query) == [], query


def test_the_shelf_that_is_asked_for_is_shown_and_for_another_word_the_first(library):
    client = signed_in(library.reader)
    client.post("/books/the-lamp-room/shelve/", {"shelf": "later"})
    for shelf, titles in (("later", ["The Lamp Room"]), ("reading", []), ("odd", []), ("", [])):
        entries = client.get("/library/", {"shelf": shelf}).context["entries"]
        assert [entry.book.title for entry in entries] == titles, shelf
    assert Client().get("/library/").headers["Location"].startswith("/sign-in/")
