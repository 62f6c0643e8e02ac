"""Whatever publishes or comments: the same service, the same signal once, the same rooms in the same order."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from books import signals
from books.events.commands import PublishChapter
from books.models import Chapter
from books.namespaces.changes import changes
from books.selectors.chapters import due
from books.services.releases import publish_due_chapters, schedule_chapter
from books.services.subscriptions import subscribe
from livrya.accounts.models import User
from notifications.models import Notification
from realtime.errors import Unavailable
from realtime.identity import Identity
from realtime.namespaces import Call
from realtime.testing.capture import capture_events
from tests.accounts.people import browser, person
from tests.books.library import author_of, book, chapter, draft, run_jobs, somebody

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def call(user: User) -> Call:
    return Call(Identity(user.pk, user.username), "connection", None, None)


def by_command(made: Chapter) -> None:
    wanted = PublishChapter(chapter_id=made.pk)
    changes.handlers["chapter:publish"].run(call(author_of(made.book)), wanted)


def by_api(made: Chapter) -> None:
    address = reverse("api-publish", kwargs={"chapter_id": made.pk})
    assert browser(author_of(made.book)).post(address, {}).status_code == 200


def by_page(made: Chapter) -> None:
    address = reverse("desk-release", args=[made.book.slug, made.pk])
    assert signed_in(author_of(made.book)).post(address, {"act": "publish"}).status_code == 302


def by_admin(made: Chapter) -> None:
    chosen = {"action": "publish", "_selected_action": [made.pk]}
    root = person(f"root-{made.pk}", is_staff=True, is_superuser=True)
    assert signed_in(root).post(reverse("admin:books_chapter_changelist"), chosen).status_code == 302


def by_management_command(made: Chapter) -> None:
    call_command("publish_chapter", str(made.pk), stdout=StringIO())


def by_schedule(made: Chapter) -> None:
    at = timezone.now() + timedelta(hours=1)
    schedule_chapter(actor=None, chapter_id=made.pk, publish_at=at)
    assert list(due(at)) == [made.pk]
    assert publish_due_chapters(now=at) == 1


CAUSES = [by_command, by_api, by_page, by_admin, by_management_command, by_schedule]
Cause = Callable[[Chapter], None]


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.__name__)
def test_a_release_is_the_same_whatever_causes_it(cause: Cause) -> None:
    made, reader = draft(book()), somebody()
    subscribe(actor=reader, book_id=made.book_id)
    facts = []

    def hear(chapter, **_):
        facts.append(chapter.pk)

    signals.chapter_published.connect(hear)
    with capture_events() as heard:
        cause(made)
        run_jobs()
    signals.chapter_published.disconnect(hear)
    assert facts == [made.pk]
    told = [(event.room, event.type) for event in heard.events if event.type in ("chapter:available", "notification")]
    assert told == [
        (f"book:{made.book_id}", "chapter:available"),
        (f"author:{author_of(made.book).pk}:followers", "chapter:available"),
        (f"notifications:{reader.pk}", "notification"),
    ]
    assert Notification.objects.filter(recipient=reader).count() == 1


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.__name__)
def test_a_release_that_is_rolled_back_is_told_to_nobody_whatever_causes_it(cause: Cause) -> None:
    made = draft(book())

    def fail(**_):
        raise Unavailable

    signals.chapter_published.connect(fail)
    try:
        with capture_events() as heard, suppress(Unavailable, CommandError, AssertionError):
            cause(made)
    finally:
        signals.chapter_published.disconnect(fail)
    made.refresh_from_db()
    assert made.state != "published"
    assert "chapter:available" not in heard.types()


def comment_by_api(out: Chapter, reader: User) -> None:
    address = reverse("api-comments", kwargs={"chapter_id": out.pk})
    assert browser(reader).post(address, {"text": "Ahoy!"}).status_code == 201


def comment_by_page(out: Chapter, reader: User) -> None:
    address = reverse("reader-comment", args=[out.book.slug, out.number])
    assert signed_in(reader).post(address, {"text": "Ahoy!"}).status_code == 302


@pytest.mark.parametrize("cause", [comment_by_api, comment_by_page])
def test_a_comment_is_the_same_whatever_causes_it(cause) -> None:
    out, reader = chapter(book()), somebody()
    with capture_events() as heard:
        cause(out, reader)
    rooms = {event.room for event in heard.events if event.type in ("comment:new", "notification")}
    assert rooms == {f"chapter:{out.pk}", f"notifications:{author_of(out.book).pk}"}
