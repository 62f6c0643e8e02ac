"""Announcing, and taking back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from livrya.audit.models import AuditEntry
from livrya.site.announcements import services
from realtime.errors import Forbidden, NotFound, ValidationFailed
from tests.livrya.site.announcements.heard import heard

pytestmark = pytest.mark.django_db


def test_what_staff_announce_is_heard_by_everybody_and_written_down(staff):
    until = timezone.now() + timedelta(hours=2)
    announcement = services.announce(actor=staff, text=" The lights go out at ten. ", until=until)

    ((kind, payload),) = heard()
    assert kind == "announcement"
    assert payload["id"] == announcement.pk
    assert payload["text"] == "The lights go out at ten."
    assert payload["until"] == int(until.timestamp() * 1000)
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.actor_name, entry.act) == (staff, "keeper", "announce")
    assert entry.target == f"announcement:{announcement.pk}"


def test_readers_do_not_announce(reader):
    with pytest.raises(Forbidden):
        services.announce(actor=reader, text="Hello")
    assert heard() == []
    assert not AuditEntry.objects.exists()


def test_withdrawing_what_is_not_there_says_so(staff):
    with pytest.raises(NotFound):
        services.withdraw(actor=staff, announcement_id=99)


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 1001])
def test_a_text_that_is_empty_or_too_long_is_refused(staff, text):
    with pytest.raises(ValidationFailed):
        services.announce(actor=staff, text=text)


@pytest.mark.parametrize("until", [timezone.now() - timedelta(1), timezone.now() + timedelta(1000)])
def test_an_end_that_is_past_or_too_far_is_refused(staff, until):
    with pytest.raises(ValidationFailed):
        services.announce(actor=staff, text="Hello", until=until)
