from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

import realtime
from books import signals
from books.models import Chapter
from books.selectors.chapters import next_due_at
from books.services.releases import (
    publish_chapter,
    publish_due_chapters,
    schedule_chapter,
    unpublish_chapter,
    unschedule_chapter,
)
from realtime.errors import Conflict, Forbidden, NotFound, ValidationFailed
from tests.books.library import author_of, book, draft, somebody, worker_on

pytestmark = pytest.mark.django_db(transaction=True)

SOON = timedelta(minutes=5)


@pytest.fixture
def published():
    """Collects what the signal says."""
    heard = []

    def hear(chapter, first, **_):
        heard.append((chapter.pk, first))

    signals.chapter_published.connect(hear)
    yield heard
    signals.chapter_published.disconnect(hear)


def test_publishing_brings_the_chapter_out_and_says_so_once(published):
    made = draft(book())
    publish_chapter(actor=author_of(made.book), chapter_id=made.pk)
    made.refresh_from_db()
    made.book.refresh_from_db()
    assert made.state == "published"
    assert (made.book.published_count, made.book.last_published_at) == (1, made.published_at)
    assert published == [(made.pk, True)]
    with pytest.raises(Conflict):
        publish_chapter(actor=author_of(made.book), chapter_id=made.pk)
    assert len(published) == 1


def test_only_who_may_publish_publishes_and_only_what_has_a_text():
    made = draft(book())
    with pytest.raises(NotFound):  # a draft is not there for others
        publish_chapter(actor=somebody(), chapter_id=made.pk)
    with pytest.raises(Forbidden):
        publish_chapter(actor=worker_on(made.book, "editor"), chapter_id=made.pk)
    with pytest.raises(ValidationFailed):
        publish_chapter(actor=None, chapter_id=draft(made.book, text="").pk)


def test_a_release_that_is_rolled_back_never_happened():
    made = draft(book())
    with pytest.raises(ZeroDivisionError), realtime.atomic():
        publish_chapter(actor=None, chapter_id=made.pk)
        raise ZeroDivisionError
    made.refresh_from_db()
    assert made.state == "draft"


def test_a_scheduled_chapter_comes_out_when_its_time_has_come(published):
    made = draft(book())
    at = timezone.now() + SOON
    schedule_chapter(actor=author_of(made.book), chapter_id=made.pk, publish_at=at)
    assert next_due_at() == at
    assert publish_due_chapters() == 0
    assert publish_due_chapters(now=at) == 1
    assert publish_due_chapters(now=at) == 0
    assert published == [(made.pk, True)]
    assert next_due_at() is None


def test_one_chapter_that_cannot_come_out_keeps_no_other_back(published):
    broken, fine = draft(book()), draft(book())
    at = timezone.now() + SOON
    for made in (broken, fine):
        schedule_chapter(actor=None, chapter_id=made.pk, publish_at=at)
    Chapter.objects.filter(pk=broken.pk).update(text="")
    assert publish_due_chapters(now=at) == 1
    assert published == [(fine.pk, True)]


def test_a_chapter_can_be_taken_off_the_schedule():
    made = draft(book())
    schedule_chapter(actor=None, chapter_id=made.pk, publish_at=timezone.now() + SOON)
    unschedule_chapter(actor=author_of(made.book), chapter_id=made.pk)
    made.refresh_from_db()
    assert (made.state, made.publish_at) == ("draft", None)
    with pytest.raises(Conflict):
        unschedule_chapter(actor=None, chapter_id=made.pk)


@pytest.mark.parametrize(
    "at",
    [
        timezone.now() - SOON,
        timezone.now() + timedelta(days=10_000),
        datetime(2999, 1, 1),
        datetime(9999, 12, 31, tzinfo=timezone.get_default_timezone()),
    ],
)
def test_times_that_make_no_sense_are_refused(at):
    made = draft(book())
    with pytest.raises(ValidationFailed) as refused:
        schedule_chapter(actor=None, chapter_id=made.pk, publish_at=at)
    assert list(refused.value.details["fields"]) == ["publishAt"]


def test_a_chapter_taken_back_and_released_again_is_no_first_release(published):
    made = draft(book())
    publish_chapter(actor=None, chapter_id=made.pk)
    unpublish_chapter(actor=author_of(made.book), chapter_id=made.pk)
    made.book.refresh_from_db()
    assert (made.book.published_count, made.book.last_published_at) == (0, None)
    publish_chapter(actor=None, chapter_id=made.pk)
    assert published == [(made.pk, True), (made.pk, False)]


def test_the_command_says_what_is_out_and_what_cannot_be():
    made, said = draft(book()), StringIO()
    call_command("publish_chapter", made.pk, stdout=said)
    assert said.getvalue() == f"{made.book.title}: 1. Loomings is out.\n"
    with pytest.raises(CommandError, match="no such chapter"):
        call_command("publish_chapter", 99, stdout=StringIO())
    with pytest.raises(CommandError, match="without a text"):
        call_command("publish_chapter", draft(book(), text="").pk, stdout=StringIO())
