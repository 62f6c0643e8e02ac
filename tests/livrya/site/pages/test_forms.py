"""What the forms of the desk take, and hand on to services."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from books.models import Chapter
from livrya.site.pages.forms import BookForm, ChapterForm, InvitePersonForm, ScheduleForm

pytestmark = pytest.mark.either_database

FACTS = {"title": "Typee", "language": "en", "rating": "teen", "progress": "ongoing", "visibility": "public"}


def test_the_facts_of_a_book_are_as_its_services_take_them():
    form = BookForm(FACTS | {"warnings": ["1", "4"], "tags": "Sea, , whales "})
    assert form.is_valid()
    facts = form.facts()
    assert (facts["warnings"], facts["tags"], facts["title"]) == (5, ["Sea", "whales"], "Typee")
    assert "cover" not in facts
    assert "cover" not in form.fields  # of a book that is not there yet


@pytest.mark.parametrize("wrong", [{"title": ""}, {"rating": "odd"}, {"warnings": ["3"]}, {"title": "x" * 500}])
def test_what_no_book_can_be_is_refused_at_its_field(wrong):
    form = BookForm(FACTS | wrong)
    assert not form.is_valid()
    assert set(form.errors) == set(wrong)


def test_a_chapter_is_begun_from_as_it_is_and_kept_with_plain_line_ends():
    chapter = Chapter(version=7, title="Loomings", text="Call me.")
    assert ChapterForm(chapter=chapter).initial["text"] == "Call me."
    form = ChapterForm({"version": "7", "title": "Loomings", "text": "  One.\r\n\r\nTwo.\n"}, chapter=chapter)
    assert form.is_valid()
    assert (form.facts()["version"], form.facts()["text"]) == (7, "  One.\n\nTwo.\n")


def test_a_time_is_read_on_the_clock_that_comes_with_it():
    soon = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT10:00")
    for zone in ("Asia/Tokyo", ""):
        form = ScheduleForm({"publish_at": soon, "zone": zone})
        assert form.is_valid()
        wanted = datetime.fromisoformat(soon).replace(tzinfo=ZoneInfo(zone or "UTC"))
        assert form.cleaned_data["publish_at"] == wanted


@pytest.mark.parametrize(
    ("at", "zone"), [("2001-01-01T10:00", ""), ("soon", ""), ("", "Asia/Tokyo"), ("2099-01-01T10:00", "Nowhere/Land")]
)
def test_a_time_that_is_past_or_none_and_a_clock_that_is_none_are_refused(at, zone):
    assert not ScheduleForm({"publish_at": at, "zone": zone}).is_valid()


def test_nobody_is_invited_to_be_the_author():
    assert InvitePersonForm({"username": "tom", "kind": "editor"}).is_valid()
    assert not InvitePersonForm({"username": "tom", "kind": "author"}).is_valid()
