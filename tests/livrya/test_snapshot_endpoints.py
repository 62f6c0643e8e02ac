"""Wherever between an endpoint's queries somebody writes: its answer, and the events after its position, are exact."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from books.models import Comment, ReactionKind, Review
from books.services import books, chapters, comments, reviews
from notifications import kinds, services
from notifications.kinds import Kind
from notifications.models import Notification
from realtime.log.reading import heads, read_page
from tests.books import library
from tests.livrya.accounts.people import browser
from tests.realtime.threads import PATIENCE_S, Threads, threads_of

pytestmark = pytest.mark.django_db(transaction=True)

State = dict[Any, Any]
Write = Callable[[], object]


@dataclass
class Endpoint:
    """One thing to look at over HTTP, and to change: `state` of an answer, `apply` an event to a state."""

    path: str
    room: str
    client: APIClient
    writes: list[Write]
    state: Callable[[Any], State]
    apply: Callable[[State, str, Any], None]

    def look(self) -> tuple[State, int]:
        """Returns the state, and the seq of the position that came with it."""
        answer = self.client.get(self.path).json()
        return self.state(answer), answer["position"]["seq"]


def a_book() -> Endpoint:
    book = library.book()
    chapter = library.chapter(book)
    readers = [library.reader_of(chapter) for _ in range(4)]

    def retitle() -> None:
        books.update_book(actor=None, book_id=book.pk, title=f"The Whale, {Review.objects.count()} times")

    def review() -> None:
        author = readers.pop() if readers else library.reader_of(chapter)
        reviews.post_review(actor=author, book_id=book.pk, rating=3 + len(readers) % 3)

    def regret() -> None:
        if (last := Review.objects.filter(book=book).select_related("author").last()) is not None:
            reviews.delete_review(actor=last.author, review_id=last.pk)

    def apply(state: State, name: str, payload: Any) -> None:
        state |= {key: payload[key] for key in state.keys() & payload.keys()}

    fields = ("title", "reviewCount", "averageRating")
    return Endpoint(
        f"/api/v1/books/{book.pk}/",
        f"book:{book.pk}",
        browser(library.somebody()),
        [retitle, review, regret],
        lambda answer: {field: answer[field] for field in fields},
        apply,
    )


def a_chapter() -> Endpoint:
    chapter = library.chapter(library.book())

    def rewrite() -> None:
        chapter.refresh_from_db()
        chapters.update_chapter(actor=None, chapter_id=chapter.pk, text=f"{chapter.text} More.")

    def retitle() -> None:
        chapter.refresh_from_db()
        chapters.update_chapter(actor=None, chapter_id=chapter.pk, title=f"{chapter.title}!")

    def lock() -> None:
        chapter.refresh_from_db()
        chapters.lock_comments(actor=None, chapter_id=chapter.pk, locked=not chapter.comments_locked)

    def apply(state: State, name: str, payload: Any) -> None:
        if name == "chapter:updated":
            state |= {"version": payload["version"], "title": payload["title"] or state["title"]}
        elif name == "chapter:commentsLocked":
            state["commentsLocked"] = payload["locked"]

    return Endpoint(
        f"/api/v1/chapters/{chapter.pk}/",
        f"chapter:{chapter.pk}",
        browser(library.somebody()),
        [rewrite, retitle, lock],
        lambda answer: {field: answer[field] for field in ("title", "version", "commentsLocked")},
        apply,
    )


def a_chapters_comments() -> Endpoint:
    chapter = library.chapter(library.book())
    library.comment(chapter)

    def last() -> Comment | None:
        return Comment.objects.filter(chapter=chapter, deleted_at__isnull=True).select_related("author").last()

    def post() -> None:
        library.comment(chapter)

    def edit() -> None:
        if (comment := last()) is not None:
            comments.edit_comment(actor=comment.author, comment_id=comment.pk, text=f"{comment.text}!")

    def delete() -> None:
        if (comment := last()) is not None:
            comments.delete_comment(actor=comment.author, comment_id=comment.pk)

    def react() -> None:
        if (comment := last()) is not None:
            comments.react_to_comment(actor=library.somebody(), comment_id=comment.pk, kind=ReactionKind.values[0])

    def apply(state: State, name: str, found: Any) -> None:
        match name:
            case "comment:new" | "comment:updated":
                _, reactions = state.get(found["id"], ("", {}))
                state[found["id"]] = (found["text"], reactions)
            case "comment:deleted":
                state.pop(found["id"], None)
            case "reaction:changed" if found["commentId"] in state:
                text, _ = state[found["commentId"]]
                state[found["commentId"]] = (text, found["reactions"])

    return Endpoint(
        f"/api/v1/chapters/{chapter.pk}/comments/",
        f"chapter:{chapter.pk}",
        browser(library.somebody()),
        [post, edit, delete, react],
        lambda answer: {row["id"]: (row["text"], row["reactions"]) for row in answer["results"]},
        apply,
    )


def a_bell() -> Endpoint:
    ada = library.somebody()

    def remark(about: str) -> None:
        number = Notification.objects.count()
        notice = services.Notice(
            kind="REMARK", message=f"remark {number}", url="/", cause=f"remark:{ada.pk}:{number}", about=about
        )
        services.notify(actor=None, recipients=[ada.pk], notice=notice)

    def apply(state: State, name: str, found: Any) -> None:
        match name:
            case "notification":
                state[found["id"]] = (found["message"], found["count"], found["readAt"])
            case "notification:read":
                for number, (message, count, read_at) in state.items():
                    if read_at is None and (found["ids"] is None or number in found["ids"]):
                        state[number] = (message, count, found["readAt"])

    remark("one thing")
    return Endpoint(
        "/api/v1/notifications/",
        f"notifications:{ada.pk}",
        browser(ada),
        [
            lambda: remark("one thing"),
            lambda: remark(f"thing {Notification.objects.count()}"),
            lambda: services.mark_read(actor=ada),
            lambda: services.mark_read(actor=ada, ids=[Notification.objects.filter(recipient=ada).last().pk]),  # type: ignore[union-attr]  # there is one
        ],
        lambda answer: {row["id"]: (row["message"], row["count"], row["readAt"]) for row in answer["results"]},
        apply,
    )


@pytest.fixture(autouse=True)
def remarks() -> Iterator[Kind]:
    yield kinds.declare("REMARK", "A remark")
    del kinds.KINDS["REMARK"]


@contextmanager
def before_query(number: int, threads: Threads, writes: list[Write]) -> Iterator[None]:
    """Has others write right before this thread's so many-th query, or after them all."""
    asked = 0

    def write() -> None:
        while writes:
            threads.run(writes.pop(0)).result(PATIENCE_S)

    def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked > number:
            write()
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        yield
    write()


@pytest.mark.parametrize("furnish", [a_book, a_chapter, a_chapters_comments, a_bell])
@given(
    number=st.integers(0, 14),
    before=st.lists(st.integers(0, 3), max_size=2),
    meanwhile=st.lists(st.integers(0, 3), min_size=1, max_size=3),
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_answer_and_the_events_after_its_position_come_to_the_present(
    furnish: Callable[[], Endpoint], number: int, before: list[int], meanwhile: list[int]
) -> None:
    endpoint = furnish()
    writes = endpoint.writes
    for choice in before:
        writes[choice % len(writes)]()
    others = [writes[choice % len(writes)] for choice in meanwhile]
    with threads_of(1) as threads, before_query(number, threads, others):
        state, seq = endpoint.look()
    for event in read_page(endpoint.room, seq, heads([endpoint.room])[endpoint.room].seq, 1000):
        if event.type != "hidden" and not event.internal:
            endpoint.apply(state, event.type, json.loads(event.payload))
    assert state == endpoint.look()[0]
