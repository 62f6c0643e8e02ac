"""Every way of publishing is the one service, and tells of it once."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import realtime
from books.models import Chapter
from books.services.releases import publish_chapter, schedule_chapter
from books.signals import chapter_published
from livrya.jobs.entries import SCHEDULE
from livrya.jobs.schedule import Clock
from realtime.models import Event
from tests.books.library import author_of, book, draft

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told():
    chapters: list[Chapter] = []

    def hear(sender, chapter, **kwargs):
        chapters.append(chapter)

    chapter_published.connect(hear)
    yield chapters
    chapter_published.disconnect(hear)


def by_api(chapter: Chapter) -> None:
    client = Client()
    client.force_login(author_of(chapter.book))
    answer = client.post(f"/api/v1/chapters/{chapter.pk}/publish/", content_type="application/json", data={})
    assert answer.status_code == 200, answer.content


def by_page(chapter: Chapter) -> None:
    client = Client()
    client.force_login(author_of(chapter.book))
    client.post(reverse("desk-release", args=[chapter.book.slug, chapter.pk]), {"act": "publish"})


def by_command(chapter: Chapter) -> None:
    said = StringIO()
    call_command("publish_chapter", chapter.pk, stdout=said)
    assert said.getvalue() == f"{chapter.book.title}: 1. Loomings is out.\n"


def by_schedule(chapter: Chapter) -> None:
    schedule_chapter(actor=None, chapter_id=chapter.pk, publish_at=timezone.now() + timedelta(hours=1))
    Chapter.objects.update(publish_at=timezone.now())
    Clock([entry for entry in SCHEDULE if entry.due]).turn()


@pytest.mark.parametrize("publish", [by_api, by_page, by_command, by_schedule])
def test_publishing_tells_of_the_chapter_once_however_it_is_done(publish, told):
    chapter = draft(book())
    publish(chapter)
    assert [heard.pk for heard in told] == [chapter.pk]
    chapter.refresh_from_db()
    assert chapter.is_published
    assert Event.objects.filter(type="chapter:available", room=f"book:{chapter.book_id}").count() == 1


def test_a_transaction_that_is_rolled_back_publishes_and_tells_nothing():
    chapter = draft(book())

    def publish_and_fail():
        with realtime.atomic():
            publish_chapter(actor=None, chapter_id=chapter.pk)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        publish_and_fail()
    chapter.refresh_from_db()
    assert not chapter.is_published
    assert not Event.objects.filter(type="chapter:available").exists()


def test_what_cannot_be_published_is_one_sentence_on_the_command_line():
    with pytest.raises(CommandError, match="no such chapter"):
        call_command("publish_chapter", 99, stdout=StringIO())
    empty = draft(book(), text="")
    with pytest.raises(CommandError, match="without a text"):
        call_command("publish_chapter", empty.pk, stdout=StringIO())
