"""The download of a book."""

import pytest
from django.test import Client

from books.services.books import update_book
from tests.books.epub.ferry import ferry, opened
from tests.books.library import author_of, book, chapter, draft

__all__ = ["ferry"]

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]


def download(slug: str, client: Client | None = None, **headers: str):
    """Returns status, headers and content of a download, read to its end."""
    answer = (client or Client()).get(f"/books/{slug}/epub/", headers=headers)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, answer.headers, content


class TestDownload:
    def test_everybody_may_take_a_public_book_along_without_its_drafts(self, ferry):
        draft(ferry, title="Secret")
        status, headers, content = download(ferry.slug)
        assert status == 200
        assert headers["Content-Type"] == "application/epub+zip"
        assert headers["Content-Disposition"] == f'attachment; filename="{ferry.slug}.epub"'
        archive = opened(content)
        assert archive.infolist()[0].filename == "mimetype"
        assert sum(name.startswith("EPUB/chapter-") for name in archive.namelist()) == 4

    def test_an_unchanged_book_is_not_sent_again(self, ferry):
        etag = download(ferry.slug)[1]["ETag"]
        known = {"If-None-Match": etag}
        assert download(ferry.slug, **known)[0] == 304
        chapter(ferry, title="New")
        assert download(ferry.slug, **known)[0] == 200

    def test_a_private_book_is_only_for_those_who_may_read_it(self, ferry):
        update_book(actor=None, book_id=ferry.pk, visibility="private")
        assert download(ferry.slug)[0] == 404
        client = Client()
        client.force_login(author_of(ferry))
        assert download(ferry.slug, client)[0] == 200

    def test_a_book_without_chapters_or_without_existence_is_not_found(self):
        assert download(book().slug)[0] == 404
        assert download("nothing")[0] == 404

    def test_the_number_of_queries_does_not_grow_with_the_book(self, ferry, django_assert_num_queries):
        with django_assert_num_queries(5):
            download(ferry.slug)
        for number in range(10):
            chapter(ferry, title=str(number))
        with django_assert_num_queries(5):
            download(ferry.slug)
