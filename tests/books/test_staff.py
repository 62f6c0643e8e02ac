"""What the library's admin pages have in common."""

import pytest

from books.admin.staff import WrittenElsewhere, actor
from books.events import BookRoom
from books.models import Chapter
from realtime.testing.capture import capture_events
from tests.books.admin_pages import act, staff
from tests.books.library import book, draft, somebody

__all__ = ["staff"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_releases_are_actions(staff):
    first, second = draft(book()), draft(book(), text="")
    with capture_events() as captured:
        act(staff, "publish", first)
    assert captured.types(BookRoom(first.book_id)) == ["chapter:available"]
    assert "without a text" in act(staff, "publish_silently", second)
    assert "is out already" in act(staff, "publish", first)
    act(staff, "lock", first)
    first.refresh_from_db()
    assert first.comments_locked
    act(staff, "unlock", first)
    act(staff, "unpublish", first)
    assert "not scheduled" in act(staff, "unschedule", first)
    first.refresh_from_db()
    assert (first.state, first.comments_locked) == ("draft", False)


def test_an_action_goes_from_one_to_the_next_and_ends_with_the_first_refusal(staff):
    made = book()
    first, empty, last = draft(made), draft(made, text=""), draft(made)
    page = act(staff, "publish", last, empty, first)
    assert "without a text" in page
    assert 'class="success"' not in page
    states = [Chapter.objects.get(pk=each.pk).state for each in (first, empty, last)]
    assert states == ["published", "draft", "draft"]


def test_what_is_written_elsewhere_is_neither_made_nor_changed_here(rf):
    class Page(WrittenElsewhere):
        pass

    request = rf.get("/")
    assert not Page().has_add_permission(request)
    assert not Page().has_change_permission(request)
    request.user = somebody()
    assert actor(request) == request.user
