"""What is in force, and what who comes is told of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from livrya.site.announcements import services
from livrya.site.announcements.models import Announcement
from livrya.site.announcements.selectors import greeting
from realtime.identity import ANONYMOUS

pytestmark = pytest.mark.django_db


def test_who_comes_hears_what_is_in_force_and_nothing_that_is_past(staff):
    services.announce(actor=staff, text="first")
    services.announce(actor=staff, text="second")
    past = services.announce(actor=staff, text="past")
    Announcement.objects.filter(pk=past.pk).update(created_at=timezone.now() - timedelta(2), until=timezone.now())

    assert [(room.name, payload.text) for room, payload in greeting(ANONYMOUS)] == [
        ("admin:broadcast", "first"),
        ("admin:broadcast", "second"),
    ]
