"""Commands that write: each calls its service, and answers with what came of it."""

from importlib import import_module

import pytest

from books.events import BookRoom, ChapterRoom
from books.events.commands import (
    DeleteComment,
    EditComment,
    PostComment,
    PostReview,
    PublishChapter,
    React,
    SaveProgress,
    Subscribe,
    Unsubscribe,
    UpdateChapter,
)
from books.models import Comment, Subscription
from books.namespaces.changes import changes
from livrya.kit.api.fields import unix_ms
from realtime.errors import Forbidden, Unauthenticated
from tests.books.library import author_of, book, chapter, comment, draft, reader_of, somebody
from tests.books.namespaces.calls import call_of

pytestmark = pytest.mark.django_db


def run(name: str, user: object, wanted: object) -> object:
    return changes.handlers[name].run(call_of(user), wanted)


def test_a_subscription_is_made_and_ended() -> None:
    reader, made = somebody(), book()
    kept = run("book:subscribe", reader, Subscribe(book_id=made.pk, level="chapters"))
    assert (kept.book_id, kept.level) == (made.pk, "chapters")
    assert Subscription.objects.get().level == "chapters"
    assert run("book:unsubscribe", reader, Unsubscribe(book_id=made.pk)).level is None
    assert not Subscription.objects.exists()


def test_a_chapter_is_changed_in_what_is_said_and_published() -> None:
    written = draft(book(), title="Loomings", note="Thanks!")
    author = author_of(written.book)
    saved = run("chapter:update", author, UpdateChapter(chapter_id=written.pk, version=1, text="Call me."))
    assert (saved.chapter_id, saved.version) == (written.pk, 2)
    written.refresh_from_db()
    assert (written.title, written.note, written.text) == ("Loomings", "Thanks!", "Call me.")
    out = run("chapter:publish", author, PublishChapter(chapter_id=written.pk, silent=True))
    written.refresh_from_db()
    assert written.silent
    assert (out.book_id, out.number, out.published_at) == (written.book_id, 1, unix_ms(written.published_at))
    with pytest.raises(Forbidden):
        run("chapter:update", somebody(), UpdateChapter(chapter_id=written.pk, version=2, text="Mine."))


def test_a_comment_is_posted_changed_reacted_to_and_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = []
    monkeypatch.setattr(
        import_module("books.namespaces.changes"),
        "typing_arrived",
        lambda call, room, kind, who: ended.append((room, who)),
    )
    out, reader = chapter(book()), somebody()
    answered = comment(out)
    wanted = PostComment(chapter_id=out.pk, text="Ahoy", parent_id=answered.pk)
    said = run("comment:post", reader, wanted)
    assert (said.text, said.author_id, said.parent_id) == ("Ahoy", reader.pk, answered.pk)
    assert ended == [(ChapterRoom(out.pk), reader.pk)]
    assert run("comment:edit", reader, EditComment(comment_id=said.id, text="Ahoy!")).text == "Ahoy!"
    for on, counts in ((True, {"like": 1}), (False, {})):
        reacted = run("comment:react", somebody() if on else reader, React(comment_id=said.id, kind="like", on=on))
        assert reacted.reactions == (counts or {"like": 1})
    assert run("comment:delete", reader, DeleteComment(comment_id=said.id)).comment_id == said.id
    assert [one.pk for one in Comment.objects.filter(deleted_at=None)] == [answered.pk]


def test_a_review_and_a_place_are_kept() -> None:
    out = chapter(book())
    reader = reader_of(out)
    review = run("review:post", reader, PostReview(book_id=out.book_id, rating=4, text="Long."))
    assert (review.rating, review.average_rating, review.author_id) == (4, 4.0, reader.pk)
    place = run("progress:save", reader, SaveProgress(chapter_id=out.pk, position=0.5, paragraph=out.paragraph_ids[1]))
    assert (place.chapter_id, place.position, place.paragraph) == (out.pk, 0.5, out.paragraph_ids[1])


def test_nobody_changes_anything_without_signing_in() -> None:
    with pytest.raises(Unauthenticated):
        run("book:subscribe", None, Subscribe(book_id=book().pk))


def test_what_is_done_to_one_book_or_chapter_is_done_one_after_another() -> None:
    lanes = {name: handler.lane for name, handler in changes.handlers.items() if handler.lane}
    assert lanes["book:subscribe"](Subscribe(book_id=3)) == BookRoom(3)
    assert lanes["comment:post"](PostComment(chapter_id=3, text="x")) == ChapterRoom(3)
    assert set(lanes) >= {"chapter:update", "chapter:publish", "review:post", "book:unsubscribe"}
