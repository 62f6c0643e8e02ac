"""`manage.py announce`, for whoever is at the server."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from livrya.audit.models import AuditEntry
from livrya.site.announcements.models import Announcement
from tests.livrya.site.announcements.heard import heard

pytestmark = pytest.mark.django_db


def test_the_command_announces_until_a_time_or_for_a_while():
    said = StringIO()
    call_command("announce", "Hello", until="02:00:00", stdout=said)
    call_command("announce", "Again", until=(timezone.now() + timedelta(days=3)).isoformat(), stdout=said)
    first, second = Announcement.objects.order_by("id")
    assert timedelta(minutes=119) < first.until - timezone.now() < timedelta(minutes=121)
    assert second.until - timezone.now() > timedelta(days=2)
    assert [entry.actor_name for entry in AuditEntry.objects.all()] == ["system", "system"]
    assert len(heard()) == 2


@pytest.mark.parametrize(
    ("text", "until"), [("Hello", "soon"), ("Hello", "2001-01-01T00:00"), ("Hello", "2031-99-01T00:00"), ("", None)]
)
def test_the_command_refuses_nonsense_in_one_sentence(text, until):
    with pytest.raises(CommandError):
        call_command("announce", text, until=until, stdout=StringIO())
