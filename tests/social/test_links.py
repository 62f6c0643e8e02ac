"""Links to chapters in what people say."""

import pytest

from books.services.chapters import delete_chapter
from social import limits
from social.selectors import messages as selectors
from social.selectors.links import chapter_paths, unfolded
from tests.books import library
from tests.social.rooms import group, message

pytestmark = pytest.mark.django_db


def test_links_unfold_while_the_chapter_is_there_for_everybody() -> None:
    made, book = group(), library.book()
    chapter = library.chapter(book)
    said = message(made, text=f"/books/{book.slug}/1/ again /books/{book.slug}/1/")
    assert [link.chapter_title for link in selectors.content(said).links] == [chapter.title]
    delete_chapter(actor=None, chapter_id=chapter.pk)
    assert selectors.content(said).links == []


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("", []),
        ("see /books/the-whale/1/.", ["/books/the-whale/1/"]),
        ("https://other.example/books/whale/12/?page=2#p3 (/books/whale/12/)", ["/books/whale/12/"]),
        ("/books/whale/2/ then /books/whale/1/", ["/books/whale/2/", "/books/whale/1/"]),
        ("/books/whale/0/ /books/whale/01/ /books/whale/1 /books/whale/ /books/-whale/1/ /books/whale/1/edit/", []),
    ],
)
def test_a_path_must_name_a_chapter(text: str, paths: list[str]) -> None:
    assert [path for path, _, _ in chapter_paths(text)] == paths


def test_of_many_links_the_first_few_count() -> None:
    text = " ".join(f"/books/whale/{number}/" for number in range(1, 50))
    assert [number for _, _, number in chapter_paths(text)] == list(range(1, limits.CHAPTER_LINKS + 1))


def test_what_not_everybody_may_read_does_not_unfold(django_assert_num_queries) -> None:
    out, private = library.book(), library.book(visibility="private")
    library.chapter(out)
    library.chapter(private)
    library.draft(out)
    texts = [f"/books/{private.slug}/1/", f"/books/{out.slug}/2/ /books/{out.slug}/9/", f"/books/{out.slug}/1/"]
    with django_assert_num_queries(1):
        assert list(unfolded(texts)) == [f"/books/{out.slug}/1/"]
    with django_assert_num_queries(0):
        assert unfolded(["no link"]) == {}
