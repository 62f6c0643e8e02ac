"""`manage.py publish_chapter`, for whoever is at the server."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from books.events import BookRoom
from notifications.models import FanOut
from realtime.testing.capture import capture_events
from tests.books.library import book, chapter, draft

pytestmark = pytest.mark.django_db


def test_a_chapter_comes_out_and_the_command_says_which() -> None:
    waiting, said = draft(book(title="Typee"), title="The Sea"), StringIO()
    with capture_events() as captured:
        call_command("publish_chapter", str(waiting.pk), stdout=said)
    waiting.refresh_from_db()
    assert waiting.is_published
    assert said.getvalue() == f"Typee: {waiting} is out.\n"
    assert captured.types(BookRoom(waiting.book_id)) == ["chapter:available"]
    assert FanOut.objects.exists()


def test_nobody_is_notified_of_what_comes_out_silently() -> None:
    call_command("publish_chapter", str(draft(book()).pk), silent=True, stdout=StringIO())
    assert not FanOut.objects.exists()


def test_what_cannot_come_out_is_one_sentence() -> None:
    for number, sentence in ((chapter(book()).pk, "out already"), (999_999, "no such chapter")):
        with pytest.raises(CommandError, match=sentence):
            call_command("publish_chapter", str(number), stdout=StringIO())
