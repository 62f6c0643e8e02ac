"""Reports: what may be reported, with which context, and what moderators do about it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from books.events import ChapterRoom
from livrya.accounts.models import User
from livrya.accounts.services import access, blocking
from livrya.audit.models import AuditEntry
from livrya.site.jobs.entries import SCHEDULE
from livrya.site.jobs.schedule import Clock
from notifications.models import Notification
from realtime.errors import Conflict, Forbidden, NotFound, RateLimited, ValidationFailed
from realtime.testing.capture import capture_events
from social import limits
from social.errors import ReportedEnough
from social.events import GroupRoom
from social.models import Message, Report
from social.services.moderation import dismiss, uphold
from social.services.reporting import report
from tests.books.library import book, chapter, comment, somebody
from tests.livrya.accounts.people import person
from tests.social.rooms import group, member_of, message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff() -> User:
    return person("keeper", is_staff=True, is_superuser=True)


def reported(kind: str, target_id: int, by: User | None = None, reason: str = "It is rude.") -> Report:
    return report(actor=by or somebody(), kind=kind, target_id=target_id, reason=reason)


def acts() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("id").values_list("act", "target"))


def test_a_comment_is_reported_with_what_it_answers() -> None:
    out = chapter(book())
    first = comment(out, text="Ahoy!")
    rude = comment(out, text="Go away!", parent_id=first.pk)
    found = reported("comment", rude.pk)
    assert (found.subject, found.state) == (rude.author, "open")
    assert found.context["text"] == "Go away!"
    assert found.context["before"] == [{"by": first.author.username, "text": "Ahoy!"}]
    assert found.context["url"].endswith(f"#comment-{rude.pk}")


def test_a_message_is_reported_by_members_alone_with_those_before_it() -> None:
    room = group(is_private=False)
    for number in range(limits.REPORT_CONTEXT + 2):
        message(room, text=f"message {number}")
    rude = message(room, member_of(room), text="Go away!")
    found = reported("message", rude.pk, by=member_of(room))
    assert [said["text"] for said in found.context["before"]] == [f"message {number}" for number in range(2, 7)]
    with pytest.raises(NotFound):
        reported("message", rude.pk)


def test_what_cannot_be_seen_or_is_ones_own_is_not_reported() -> None:
    author = somebody()
    hidden = comment(chapter(book()), author)
    for kind, target_id, by in (("comment", 10**9, None), ("person", 10**9, None), ("message", 10**9, None)):
        with pytest.raises(NotFound):
            reported(kind, target_id, by)
    for kind, target_id in (("comment", hidden.pk), ("person", author.pk)):
        with pytest.raises(ValidationFailed):
            reported(kind, target_id, author)
    with pytest.raises(ValidationFailed):
        reported("book", 1)
    with pytest.raises(ValidationFailed):
        reported("person", somebody().pk, reason=" ")


def test_five_about_one_thing_are_enough_and_one_person_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rude, eager = somebody(), somebody()
    assert reported("person", rude.pk, eager) == reported("person", rude.pk, eager)
    for _ in range(limits.REPORTS_PER_TARGET - 1):
        reported("person", rude.pk)
    with pytest.raises(ReportedEnough):
        reported("person", rude.pk)
    monkeypatch.setattr(limits, "REPORTS_PER_DAY", 2)
    reported("person", somebody().pk, eager)
    with pytest.raises(RateLimited):
        reported("person", somebody().pk, eager)


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
    with capture_events() as heard:
        uphold(actor=staff, report_id=first.pk, warning="Please be kind.")
    rude.refresh_from_db()
    second.refresh_from_db()
    assert rude.hidden_at is not None
    assert (second.state, second.settled_by, second.decision) == ("upheld", staff, "taken down, warned")
    assert "comment:deleted" in heard.types(ChapterRoom(out.pk))
    [told] = Notification.objects.filter(recipient=rude.author, kind="MODERATION")
    assert told.message == "The moderators have taken down a comment of yours. Please be kind."
    assert acts() == [("comment:hide", f"comment:{rude.pk}"), ("report:uphold", f"comment:{rude.pk}")]


def test_a_message_is_deleted_and_what_was_taken_back_meanwhile_is_no_obstacle(staff: User) -> None:
    room = group()
    rude = message(room, member_of(room), text="Go away!")
    found = reported("message", rude.pk, by=member_of(room))
    with capture_events() as heard:
        uphold(actor=staff, report_id=found.pk)
    assert Message.objects.get(pk=rude.pk).text == ""
    assert "message:deleted" in heard.types(GroupRoom(room.pk))
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


def test_moderators_work_through_the_queue_in_the_admin(staff: User) -> None:
    client = Client()
    client.force_login(staff)
    room = group()
    rude = message(room, member_of(room), text="<b>Go away!</b>")
    found = reported("message", rude.pk, by=member_of(room))
    other = reported("person", somebody().pk)
    queue = reverse("admin:social_report_changelist")
    assert client.get(queue).context["cl"].result_count == 2
    address = reverse("admin:social_report_change", args=[found.pk])
    text = client.get(address).content.decode()
    assert "&lt;b&gt;Go away!&lt;/b&gt;" in text
    assert ("report:read", f"message:{rude.pk}") in acts()
    refused = client.post(address, {"verdict": "uphold", "warning": "", "suspend_days": ""})
    assert "Take it down, warn or suspend" in refused.content.decode()
    answer = client.post(address, {"verdict": "uphold", "take_down": "on", "warning": "", "suspend_days": ""})
    assert answer.status_code == 302
    assert Message.objects.get(pk=rude.pk).deleted_at is not None
    client.post(queue, {"action": "dismiss", "_selected_action": [other.pk]})
    assert set(Report.objects.values_list("state", "settled_by")) == {("upheld", staff.pk), ("dismissed", staff.pk)}
    assert client.get(queue).context["cl"].result_count == 0
    assert client.get(queue, {"state": "all"}).context["cl"].result_count == 2
    settled = client.get(address)
    assert settled.status_code == 200
    assert 'name="verdict"' not in settled.content.decode()


def test_who_reads_through_the_api_or_the_admin_what_was_said_in_a_group_is_written_down(staff: User) -> None:
    client = Client()
    client.force_login(staff)
    room = group()
    rude = message(room, member_of(room), text="Said among members")
    reported("message", rude.pk, by=member_of(room))
    reported("person", somebody().pk)
    listed = client.get(reverse("admin:social_report_changelist")).content.decode()
    assert "Said among members" not in listed
    assert acts() == []
    [_, shown] = client.get("/api/v1/reports/").json()["results"]
    assert shown["context"]["text"] == "Said among members"
    assert acts() == [("report:read", f"message:{rude.pk}")]
    assert AuditEntry.objects.get().actor == staff
