import pytest

from books.selectors.reading import (
    continue_reading,
    next_up,
    place_in,
    progress_in,
    read_on,
    shelf_entry,
    shelf_of,
    subscriptions_of,
)
from books.services.books import hide_book
from books.services.chapters import update_chapter
from books.services.reading import open_chapter, save_progress, shelve_book, unshelve_book
from books.services.releases import unpublish_chapter
from books.services.subscriptions import subscribe
from realtime.errors import NotFound, ValidationFailed
from tests.books.library import book, chapter, draft, somebody

pytestmark = pytest.mark.django_db


def test_the_place_is_kept_per_chapter_and_the_last_one_is_the_books():
    made, reader = book(), somebody()
    first, second = chapter(made), chapter(made)
    save_progress(actor=reader, chapter_id=first.pk, position=0.5, paragraph=first.paragraph_ids[1])
    save_progress(actor=reader, chapter_id=second.pk, position=0.25)
    open_chapter(actor=reader, chapter_id=first.pk)
    assert {key: row.position for key, row in progress_in(reader, made).items()} == {first.pk: 0.5, second.pk: 0.25}
    assert place_in(reader, made).chapter == second
    save_progress(actor=reader, chapter_id=first.pk, position=0.75)
    assert [row.chapter for row in continue_reading(reader)] == [first]
    assert place_in(reader, made).paragraph == first.paragraph_ids[1]


def test_a_place_in_a_chapter_that_was_taken_back_is_none_and_tells_no_new_title():
    made, reader = book(), somebody()
    first, second = chapter(made), chapter(made)
    for one in (first, second):
        open_chapter(actor=reader, chapter_id=one.pk)
    unpublish_chapter(actor=None, chapter_id=second.pk)
    update_chapter(actor=None, chapter_id=second.pk, title="The secret ending")
    assert [row.chapter for row in continue_reading(reader)] == [first]
    assert place_in(reader, made).chapter == first
    assert next_up(reader, made).chapter == first


def test_who_has_finished_a_chapter_goes_on_in_the_next_one_that_is_out():
    made, reader = book(), somebody()
    first, second, _unpublished = chapter(made), chapter(made), draft(made)
    assert next_up(reader, made) is None
    for done, position, following, up_to_date in (
        (first, 0.5, first, False),
        (first, 1.0, second, False),
        (second, 0.98, second, True),
    ):
        save_progress(actor=reader, chapter_id=done.pk, position=position)
        (found,) = read_on(continue_reading(reader)[:5])
        assert (found.chapter, found.is_up_to_date) == (following, up_to_date)
        assert next_up(reader, made).chapter == following
    assert found.words_left == round(second.word_count * 0.02)


@pytest.mark.parametrize("position", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_place_is_a_part_of_the_chapter(position):
    with pytest.raises(ValidationFailed):
        save_progress(actor=somebody(), chapter_id=chapter(book()).pk, position=position)


def test_nobody_has_a_place_in_what_they_may_not_read():
    made = book()
    for act in (
        lambda: save_progress(actor=somebody(), chapter_id=draft(made).pk, position=0.1),
        lambda: open_chapter(actor=somebody(), chapter_id=chapter(book(visibility="private")).pk),
        lambda: shelve_book(actor=somebody(), book_id=book(visibility="private").pk, shelf="later"),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_book_stands_on_one_shelf_at_a_time():
    made, reader = book(), somebody()
    shelve_book(actor=reader, book_id=made.pk, shelf="later")
    shelve_book(actor=reader, book_id=made.pk, shelf="reading")
    assert list(shelf_of(reader, "later")) == []
    assert [entry.book for entry in shelf_of(reader, "reading")] == [made]
    with pytest.raises(ValidationFailed):
        shelve_book(actor=reader, book_id=made.pk, shelf="floor")
    for _ in range(2):
        unshelve_book(actor=reader, book_id=made.pk)
    assert shelf_entry(reader, made) is None


def test_what_moderation_hides_leaves_every_list():
    made, reader = book(), somebody()
    out = chapter(made)
    subscribe(actor=reader, book_id=made.pk)
    shelve_book(actor=reader, book_id=made.pk, shelf="reading")
    open_chapter(actor=reader, chapter_id=out.pk)
    hide_book(actor=None, book_id=made.pk)
    assert not subscriptions_of(reader)
    assert not shelf_of(reader, "reading")
    assert not continue_reading(reader)
