"""What readers write, in the admin: taken out of sight, deleted, never changed in their name."""

import pytest
from django.urls import reverse

from books.events import ChapterRoom
from books.models import Comment, Review, Subscription
from books.services.reviews import post_review
from books.services.subscriptions import subscribe
from realtime.testing.capture import capture_events
from tests.books.admin_pages import act, page, staff
from tests.books.library import book, chapter, comment, reader_of, somebody

__all__ = ["staff"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_comments_are_hidden_restored_and_deleted_but_never_rewritten(staff):
    said = comment(chapter(book()))
    room = ChapterRoom(said.chapter_id)
    with capture_events() as captured:
        act(staff, "hide", said)
        act(staff, "restore", said)
        staff.post(page(said), {"text": "Rewritten"})
        act(staff, "delete_selected", said)
    words = [type for type in captured.types(room) if not type.startswith("realtime:")]
    assert words == ["comment:deleted", "comment:updated", "comment:deleted"]
    assert Comment.objects.get().text == ""
    assert staff.get(reverse("admin:books_comment_add")).status_code == 403


def test_reviews_are_hidden_and_deleted_through_their_page(staff):
    out = chapter(book())
    review = post_review(actor=reader_of(out), book_id=out.book_id, rating=3)
    act(staff, "hide", review)
    out.book.refresh_from_db()
    assert out.book.review_count == 0
    act(staff, "restore", review)
    answer = staff.post(reverse("admin:books_review_delete", args=[review.pk]), {"post": "yes"})
    assert answer.status_code == 302
    assert not Review.objects.exists()
    out.book.refresh_from_db()
    assert out.book.review_count == 0


def test_subscriptions_are_looked_at_alone(staff):
    made = subscribe(actor=somebody(), book_id=book().pk)
    assert staff.get(page(made)).status_code == 200
    assert staff.get(reverse("admin:books_subscription_add")).status_code == 403
    for way in ("change", "delete"):
        answer = staff.post(reverse(f"admin:books_subscription_{way}", args=[made.pk]), {"post": "yes"})
        assert answer.status_code == 403
    assert Subscription.objects.get() == made


def test_a_comment_brought_back_is_seen_again(staff):
    said = comment(chapter(book()))
    for action, hidden in (("hide", True), ("restore", False)):
        act(staff, action, said)
        said.refresh_from_db()
        assert (said.hidden_at is not None) is hidden
