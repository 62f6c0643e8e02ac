"""Announcements in the admin: made and withdrawn, never edited."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from livrya.site.announcements import services
from livrya.site.announcements.models import Announcement
from livrya.site.announcements.selectors import in_force
from tests.livrya.site.announcements.heard import heard

pytestmark = pytest.mark.django_db


def test_the_admin_announces_through_the_service_and_never_edits(admin_client):
    later = timezone.now() + timedelta(hours=1)
    answer = admin_client.post(
        reverse("admin:announcements_announcement_add"),
        {"text": "From the admin", "until_0": f"{later:%Y-%m-%d}", "until_1": f"{later:%H:%M:%S}"},
    )
    assert answer.status_code == 302, answer.content.decode()
    assert heard()[0][1]["text"] == "From the admin"

    announcement = Announcement.objects.get()
    admin_client.post(
        reverse("admin:announcements_announcement_changelist"),
        {"action": "withdraw", "_selected_action": [announcement.pk]},
    )
    assert not in_force().exists()


def test_what_was_said_is_neither_changed_nor_deleted(admin_client, staff):
    said = services.announce(actor=staff, text="Hello")
    for way in ("change", "delete"):
        address = reverse(f"admin:announcements_announcement_{way}", args=[said.pk])
        assert admin_client.post(address, {"text": "Goodbye", "post": "yes"}).status_code == 403
    assert Announcement.objects.get().text == "Hello"
