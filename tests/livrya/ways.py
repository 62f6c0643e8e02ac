"""Every way of publishing, commenting and announcing; for a way that there is not, why."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management import CommandError, call_command
from django.db import connection
from django.dispatch import Signal
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import books.signals
import livrya.site.announcements.signals
from books.models import Chapter, Comment
from books.services.releases import schedule_chapter
from books.services.subscriptions import subscribe
from livrya.accounts.models import User
from livrya.accounts.services.following import follow
from livrya.site.announcements.models import Announcement
from livrya.site.jobs.entries import SCHEDULE
from livrya.site.jobs.schedule import Clock
from tests.books.library import author_of, book, chapter, comment, draft, somebody
from tests.commands import CommandProcess
from tests.livrya.accounts.doors import Enter, in_thread
from tests.livrya.accounts.people import browser, person


@dataclass
class Scene:
    """A book with a chapter that is out, one that waits for its hour, and the people around them."""

    out: Chapter
    waiting: Chapter
    author: User
    reader: User
    staff: User
    answered: Comment
    enter: Enter

    @property
    def chapter_room(self) -> str:
        return f"chapter:{self.out.pk}"


def set_scene(enter: Enter) -> Scene:
    out, reader = chapter(book()), somebody()
    subscribe(actor=reader, book_id=out.book_id)
    follow(actor=reader, user=author_of(out.book))
    staff = person(f"staff-{out.pk}", is_staff=True, is_superuser=True)
    answered = comment(out, author=reader)
    waiting = draft(out.book)
    schedule_chapter(actor=None, chapter_id=waiting.pk, publish_at=timezone.now() + timedelta(hours=1))
    return Scene(out, waiting, author_of(out.book), reader, staff, answered, enter)


def page(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


# Publishing


async def publish_by_socket(scene: Scene) -> None:
    client = await scene.enter(scene.author, "/books")
    await client.ask("chapter:publish", {"chapterId": scene.waiting.pk})


def publish_by_api(scene: Scene) -> None:
    browser(scene.author).post(reverse("api-publish", kwargs={"chapter_id": scene.waiting.pk}), {})


def publish_by_page(scene: Scene) -> None:
    address = reverse("desk-release", args=[scene.waiting.book.slug, scene.waiting.pk])
    page(scene.author).post(address, {"act": "publish"})


def publish_by_admin(scene: Scene) -> None:
    chosen = {"action": "publish", "_selected_action": [scene.waiting.pk]}
    page(scene.staff).post(reverse("admin:books_chapter_changelist"), chosen)


def publish_by_command(scene: Scene) -> None:
    with suppress(CommandError):
        call_command("publish_chapter", str(scene.waiting.pk), stdout=StringIO())


def make_due(scene: Scene) -> None:
    Chapter.objects.filter(pk=scene.waiting.pk).update(publish_at=timezone.now())


def publish_by_schedule(scene: Scene) -> None:
    make_due(scene)
    Clock([entry for entry in SCHEDULE if entry.due]).turn()


def publish_by_worker(scene: Scene) -> None:
    make_due(scene)
    connection.close()
    with CommandProcess("worker") as worker:
        deadline = time.monotonic() + 60
        while not Chapter.objects.get(pk=scene.waiting.pk).is_published:
            assert worker.is_running, worker.output
            assert time.monotonic() < deadline, worker.output
            time.sleep(0.05)
        worker.terminate()
        assert worker.exit_code() == 0, worker.output


# Commenting


async def comment_by_socket(scene: Scene) -> None:
    client = await scene.enter(await in_thread(somebody)(), "/books")
    said = {"chapterId": scene.out.pk, "text": "Aye!", "parentId": scene.answered.pk}
    await client.ask("comment:post", said)


def comment_by_api(scene: Scene) -> None:
    address = reverse("api-comments", kwargs={"chapter_id": scene.out.pk})
    browser(somebody()).post(address, {"text": "Aye!", "parentId": scene.answered.pk})


def comment_by_page(scene: Scene) -> None:
    address = reverse("reader-comment", args=[scene.out.book.slug, scene.out.number])
    page(somebody()).post(address, {"text": "Aye!", "parent": str(scene.answered.pk)})


# Announcing


async def announce_by_socket(scene: Scene) -> None:
    client = await scene.enter(scene.staff, "/admin")
    await client.ask("announce", {"text": "Aye!"})


def announce_by_admin(scene: Scene) -> None:
    later = timezone.now() + timedelta(hours=1)
    given = {"text": "Aye!", "until_0": f"{later:%Y-%m-%d}", "until_1": f"{later:%H:%M:%S}"}
    page(scene.staff).post(reverse("admin:announcements_announcement_add"), given)


def announce_by_command(scene: Scene) -> None:
    with suppress(CommandError):
        call_command("announce", "Aye!", stdout=StringIO())


@dataclass(frozen=True)
class Deed:
    """What is done: the fact that it declares, what the log says of it in order, and what became of it."""

    name: str
    fact: Signal
    events: Callable[[Scene], list[tuple[str, str]]]
    is_done: Callable[[Scene], bool]


def published(scene: Scene) -> list[tuple[str, str]]:
    return [
        (f"book:{scene.waiting.book_id}", "chapter:available"),
        (f"author:{scene.author.pk}:followers", "chapter:available"),
        (f"notifications:{scene.reader.pk}", "notification"),
    ]


def commented(scene: Scene) -> list[tuple[str, str]]:
    return [
        (scene.chapter_room, "comment:new"),
        *sorted((f"notifications:{person.pk}", "notification") for person in (scene.author, scene.reader)),
    ]


PUBLISH = Deed(
    "publish",
    books.signals.chapter_published,
    published,
    lambda scene: Chapter.objects.get(pk=scene.waiting.pk).is_published,
)
COMMENT = Deed(
    "comment", books.signals.comment_posted, commented, lambda scene: Comment.objects.filter(text="Aye!").exists()
)
ANNOUNCE = Deed(
    "announce",
    livrya.site.announcements.signals.announced,
    lambda scene: [("admin:broadcast", "announcement")],
    lambda scene: Announcement.objects.exists(),
)

Act = Callable[[Scene], Any]
NOBODY_ELSES_WORDS = "a comment is somebody's own words: staff and programs hide or delete, and write nothing"
AT_ONCE = "it happens when it is done; only its end has a time"
STAFFS_WORK = "what staff do has one page and one API, which are the admin and its socket"

TABLE: dict[Deed, dict[str, Act | str]] = {
    PUBLISH: {
        "socket": publish_by_socket,
        "api": publish_by_api,
        "page": publish_by_page,
        "admin": publish_by_admin,
        "command": publish_by_command,
        "schedule": publish_by_schedule,
        "worker": publish_by_worker,
    },
    COMMENT: {
        "socket": comment_by_socket,
        "api": comment_by_api,
        "page": comment_by_page,
        "admin": NOBODY_ELSES_WORDS,
        "command": NOBODY_ELSES_WORDS,
        "schedule": AT_ONCE,
        "worker": AT_ONCE,
    },
    ANNOUNCE: {
        "socket": announce_by_socket,
        "api": STAFFS_WORK,
        "page": STAFFS_WORK,
        "admin": announce_by_admin,
        "command": announce_by_command,
        "schedule": AT_ONCE,
        "worker": AT_ONCE,
    },
}
