from xml.etree import ElementTree

import pytest
from django.test import Client

from books.services.books import update_book
from tests.books.library import author_of, book, chapter, draft, somebody, worker_on

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


def entries(feed: ElementTree.Element) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]


def feed(address: str, client: Client | None = None) -> ElementTree.Element:
    answer = (client or Client()).get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(answer.content)


def test_a_books_feed_has_its_published_chapters_the_newest_first():
    ferry = book(title="The Ferry", language="fr", blurb="A river.")
    chapter(ferry, title="Ice")
    chapter(ferry, title="Mud", text="The river _moved_.")
    draft(ferry, title="Secret")

    root = feed(f"/books/{ferry.slug}/feed/")
    assert root.findtext(f"{ATOM}title") == "The Ferry"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"
    assert root.findtext(f"{ATOM}author/{ATOM}name") == str(author_of(ferry))
    assert entries(root) == ["Mud", "Ice"]
    newest = root.find(f"{ATOM}entry")
    assert newest.find(f"{ATOM}link").get("href").endswith(f"/books/{ferry.slug}/2/")
    assert "moved" in newest.findtext(f"{ATOM}summary")


def test_an_entry_keeps_its_identity_when_its_chapter_is_renamed():
    ferry = book()
    ice = chapter(ferry, title="Ice")
    before = feed(f"/books/{ferry.slug}/feed/").findtext(f"{ATOM}entry/{ATOM}id")
    ice.title = "Thaw"
    ice.save()
    assert feed(f"/books/{ferry.slug}/feed/").findtext(f"{ATOM}entry/{ATOM}id") == before


def test_a_private_books_feed_is_not_found_but_for_its_people():
    ferry = book(visibility="private")
    chapter(ferry)
    assert Client().get(f"/books/{ferry.slug}/feed/").status_code == 404
    client = Client()
    client.force_login(author_of(ferry))
    assert len(entries(feed(f"/books/{ferry.slug}/feed/", client))) == 1


def test_an_authors_feed_has_the_chapters_of_all_books_that_one_may_see():
    ada = somebody()
    ferry, bridge, cellar = book(ada, title="Ferry"), book(ada, title="Bridge"), book(ada, visibility="private")
    for place in (ferry, bridge, cellar):
        chapter(place, title="One")
    chapter(book(title="Foreign"))
    shared = book(title="Shared")
    chapter(shared, title="Guest")
    edited = book(title="Edited")
    chapter(edited)

    assert entries(feed(f"/people/{ada.username}/feed/")) == ["Bridge: One", "Ferry: One"]
    update_book(actor=None, book_id=bridge.pk, visibility="private")
    assert entries(feed(f"/people/{ada.username}/feed/")) == ["Ferry: One"]


def test_co_authors_have_the_book_in_their_feed_and_editors_do_not():
    ferry = book(title="Ferry")
    chapter(ferry, title="One")
    second, editor = worker_on(ferry, "co_author"), worker_on(ferry, "editor")
    assert entries(feed(f"/people/{second.username}/feed/")) == ["Ferry: One"]
    assert entries(feed(f"/people/{editor.username}/feed/")) == []


def test_what_does_not_exist_is_not_found():
    assert Client().get("/books/nothing/feed/").status_code == 404
    assert Client().get("/people/nobody/feed/").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_feed(django_assert_max_num_queries):
    ferry = book()
    for number in range(12):
        chapter(ferry, title=str(number))
    with django_assert_max_num_queries(4):
        assert len(entries(feed(f"/books/{ferry.slug}/feed/"))) == 12
    with django_assert_max_num_queries(4):
        assert len(entries(feed(f"/people/{author_of(ferry).username}/feed/"))) == 12
