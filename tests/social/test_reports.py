"""Reports: what may be reported, with which context, and what moderators do about it."""

import pytest
from django.test import Client
from django.urls import reverse

from livrya.accounts.models import User
from livrya.audit.models import AuditEntry
from social.models import Message, Report
from tests.books.library import somebody
from tests.social.reports import acts, reported, staff
from tests.social.rooms import group, member_of, message

__all__ = ["staff"]

pytestmark = pytest.mark.django_db(transaction=True)


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
