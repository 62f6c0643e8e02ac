"""What everybody hears of announcements."""

import json

import pytest

from livrya.audit.models import AuditEntry
from livrya.site.announcements import services
from livrya.site.announcements.events import as_announced
from livrya.site.announcements.selectors import in_force
from realtime.testing.capture import capture_events
from tests.livrya.site.announcements.heard import heard

pytestmark = pytest.mark.django_db


def test_a_withdrawn_announcement_is_in_force_no_longer_and_not_replayed(staff):
    announcement = services.announce(actor=staff, text="The site is on fire.")
    services.withdraw(actor=staff, announcement_id=announcement.pk)
    services.withdraw(actor=staff, announcement_id=announcement.pk)

    assert not in_force().exists()
    assert "fire" not in json.dumps(heard())
    assert heard()[-1] == ("announcement:withdrawn", {"id": announcement.pk})
    assert AuditEntry.objects.count() == 2


def test_what_is_announced_is_emitted_once_as_it_is_greeted_with(staff):
    with capture_events() as captured:
        said = services.announce(actor=staff, text="Hello")
    assert captured.emitted() == [("admin:broadcast", as_announced(said))]
    assert [event.ref for event in captured.events] == [f"announcement:{said.pk}"]
