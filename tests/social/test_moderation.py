"""What moderators do about reports."""

from datetime import timedelta

import pytest
from django.utils import timezone

from books.events import ChapterRoom
from livrya.accounts.models import User
from livrya.accounts.services import access, blocking
from livrya.site.jobs.entries import SCHEDULE
from livrya.site.jobs.schedule import Clock
from notifications.models import Notification
from realtime.errors import Conflict, Forbidden, ValidationFailed
from realtime.testing.capture import capture_events
from social.events import GroupRoom
from social.models import Message
from social.services.moderation import dismiss, uphold
from tests.books.library import book, chapter, comment, somebody
from tests.livrya.accounts.people import person
from tests.social.reports import acts, reported, staff
from tests.social.rooms import group, member_of, message

__all__ = ["staff"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_only_staff_settle_and_only_once(staff: User) -> None:
    found = reported("person", somebody().pk)
    for act in (dismiss, uphold):
        with pytest.raises(Forbidden):
            act(actor=somebody(), report_id=found.pk)
    with pytest.raises(ValidationFailed):
        uphold(actor=staff, report_id=found.pk, take_down=False)
    dismiss(actor=staff, report_id=found.pk)
    with pytest.raises(Conflict):
        uphold(actor=staff, report_id=found.pk)
    assert acts() == [("report:dismiss", f"person:{found.subject_id}")]
    assert not Notification.objects.filter(recipient=found.subject).exists()


def test_taking_down_settles_every_report_about_the_thing_tells_its_author_and_is_written_down(staff: User) -> None:
    out = chapter(book())
    rude = comment(out, text="Go away!")
    first, second = reported("comment", rude.pk), reported("comment", rude.pk)
    blocking.block(actor=rude.author, user=staff)
    with capture_events() as captured:
        uphold(actor=staff, report_id=first.pk, warning="Please be kind.")
    rude.refresh_from_db()
    second.refresh_from_db()
    assert rude.hidden_at is not None
    assert (second.state, second.settled_by, second.decision) == ("upheld", staff, "taken down, warned")
    assert "comment:deleted" in captured.types(ChapterRoom(out.pk))
    [notified] = Notification.objects.filter(recipient=rude.author, kind="MODERATION")
    assert notified.message == "The moderators have taken down a comment of yours. Please be kind."
    assert acts() == [("comment:hide", f"comment:{rude.pk}"), ("report:uphold", f"comment:{rude.pk}")]


def test_a_message_is_deleted_and_what_was_taken_back_meanwhile_is_no_obstacle(staff: User) -> None:
    room = group()
    rude = message(room, member_of(room), text="Go away!")
    found = reported("message", rude.pk, by=member_of(room))
    with capture_events() as captured:
        uphold(actor=staff, report_id=found.pk)
    assert Message.objects.get(pk=rude.pk).text == ""
    assert "message:deleted" in captured.types(GroupRoom(room.pk))
    gone = comment(chapter(book()))
    late = reported("comment", gone.pk)
    gone.deleted_at = timezone.now()
    gone.save()
    assert uphold(actor=staff, report_id=late.pk).state == "upheld"


def test_a_person_is_suspended_and_comes_back_by_the_clock(staff: User) -> None:
    rude = person("rude", bio="Rude words.", display_name="Rude")
    found = reported("person", rude.pk)
    uphold(actor=staff, report_id=found.pk, suspend_days=3)
    rude.refresh_from_db()
    assert (rude.is_active, rude.bio, rude.display_name) == (False, "", "")
    assert access.next_suspension_end() == rude.suspended_until
    assert ("person:sign-ins-ended", f"person:{rude.pk}") in acts()
    assert access.end_suspensions() == 0
    User.objects.filter(pk=rude.pk).update(suspended_until=timezone.now() - timedelta(seconds=1))
    Clock([entry for entry in SCHEDULE if entry.name == "end suspensions"]).turn()
    rude.refresh_from_db()
    assert (rude.is_active, rude.suspended_until) == (True, None)


def test_who_closes_the_account_of_somebody_suspended_closes_it_for_good(staff: User) -> None:
    rude = person("rude")
    access.suspend(actor=staff, user=rude, until=timezone.now() + timedelta(days=1))
    access.deactivate(actor=staff, user=rude)
    assert access.next_suspension_end() is None
    with pytest.raises(Forbidden):
        access.suspend(actor=staff, user=staff, until=timezone.now() + timedelta(days=1))
    with pytest.raises(ValidationFailed):
        access.suspend(actor=staff, user=rude, until=timezone.now())
