"""Bodies and numbers that break parsers: deep, endless, in odd encodings. Refused, never an error of ours."""

from typing import Any

import pytest
from django.test import Client

from books.selectors.books import MOST_TAGS
from livrya.accounts.models import User
from tests.books import library
from tests.livrya.accounts.people import browser
from tests.livrya.site.pages.conftest import signed_in

pytestmark = pytest.mark.django_db

DIGITS = "9" * 5_000


@pytest.mark.parametrize(
    "charset", ["zlib", "bz2", "base64", "rot13", "hex", "idna", "utf-7", "utf-16", "nonsense", "\u00ff"]
)
@pytest.mark.parametrize("media_type", ["application/json", "application/x-www-form-urlencoded"])
def test_no_charset_is_an_error_of_ours(media_type: str, charset: str) -> None:
    client = Client(raise_request_exception=False)
    for address in ("/api/v1/auth/token/", "/sign-in/"):
        answer = client.generic("POST", address, b'{"username": "a"}', f"{media_type}; charset={charset}")
        assert answer.status_code < 500, address


@pytest.mark.parametrize("number", [DIGITS, "0" * 4000 + "1" * 1000, "9" * 30, "-1", "1.5", "\u0663", "0", "1e9"])
def test_no_number_is_an_error_of_ours(number: str) -> None:
    chapter = library.chapter(library.book())
    author: User = library.author_of(chapter.book)
    client = signed_in(author)
    client.raise_request_exception = False
    slug = chapter.book.slug
    for address in (
        f"/books/{slug}/{number}/",
        f"/books/{slug}/?page={number}",
        f"/write/{slug}/{number}/",
        f"/report/comment/{number}/",
        f"/api/v1/books/{number}/",
        f"/api/v1/books/?limit={number}",
        f"/api/v1/groups/search/?q=a&groupId={number}",
        f"/admin/books/book/{number}/change/",
    ):
        assert client.get(address).status_code < 500, address
    posts: list[tuple[str, dict[str, Any]]] = [
        ("/notifications/", {"id": number}),
        (f"/books/{slug}/review/", {"rating": number}),
        (f"/books/{slug}/1/comment/", {"text": "a", "parent": number, "paragraph": number}),
        (f"/write/credits/{number}/", {}),
    ]
    for address, given in posts:
        assert client.post(address, given).status_code < 500, address
    assert browser(author).post("/api/v1/reviews/", {"bookId": number}, format="json").status_code < 500


@pytest.mark.parametrize("address", ["/books/", "/api/v1/books/"])
def test_a_list_looks_for_so_many_tags_wherever_it_is_asked(address: str, django_assert_max_num_queries: Any) -> None:
    library.chapter(library.book())
    words = "&".join(f"tag=t{number}&withoutTag=t{number}&rating=r{number}" for number in range(300))
    with django_assert_max_num_queries(10) as asked:
        assert Client().get(f"{address}?{words}&q={'a' * 5000}&language={'x' * 5000}").status_code == 200
    for query in asked.captured_queries:
        assert query["sql"].count("books_book_tags") <= 2 * MOST_TAGS + 20, query
