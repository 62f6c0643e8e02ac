"""What is new, and what is about to come, in the books that one follows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from books.selectors.arrivals import coming_up, new_chapters
from books.services.books import hide_book
from books.services.reading import open_chapter
from books.services.releases import schedule_chapter
from books.services.subscriptions import subscribe
from tests.books.library import book, chapter, draft, somebody

pytestmark = pytest.mark.django_db


def test_new_chapters_are_those_since_one_follows_that_one_has_not_opened():
    made, reader = book(), somebody()
    chapter(made)
    subscribe(actor=reader, book_id=made.pk)
    fresh, read = chapter(made), chapter(made)
    open_chapter(actor=reader, chapter_id=read.pk)
    assert list(new_chapters(reader)) == [fresh]


def test_what_one_has_muted_brings_nothing_new():
    made, reader = book(), somebody()
    subscribe(actor=reader, book_id=made.pk, level="muted")
    chapter(made)
    assert list(new_chapters(reader)) == []


def test_coming_up_is_what_comes_out_within_a_day_in_the_books_that_one_follows():
    made, reader = book(), somebody()
    subscribe(actor=reader, book_id=made.pk)
    due = []
    for hours in (20, 2, 30):
        waiting = draft(made)
        publish_at = timezone.now() + timedelta(hours=hours)
        due.append(schedule_chapter(actor=None, chapter_id=waiting.pk, publish_at=publish_at))
    other = draft(book())
    schedule_chapter(actor=None, chapter_id=other.pk, publish_at=timezone.now() + timedelta(hours=1))
    assert list(coming_up(reader)) == [due[1], due[0]]
    assert list(coming_up(None)) == []
    hide_book(actor=None, book_id=made.pk)
    assert list(coming_up(reader)) == []
