"""What a notification looks like to its person."""

import msgspec
import pytest
from django.utils import timezone

from livrya.accounts.services import following
from livrya.kit.api.fields import unix_ms
from notifications.events import notified, shown
from notifications.models import Notification
from tests.livrya.accounts.people import person

pytestmark = pytest.mark.django_db


def test_it_is_shown_as_it_is_sent_and_read_once_it_is() -> None:
    ada, bob = person("ada"), person("bob")
    following.follow(actor=bob, user=ada)
    kept = Notification.objects.get(recipient=ada)
    first = shown(kept)
    assert msgspec.to_builtins(first) == msgspec.to_builtins(notified(kept))
    assert (first.id, first.message, str(kept)) == (kept.pk, "bob follows you.", "bob follows you.")
    assert (first.user_id, first.book_id, first.count, first.read_at) == (bob.pk, None, 1, None)
    assert first.occurred_at == unix_ms(kept.occurred_at)
    kept.read_at = timezone.now()
    assert shown(kept).read_at == unix_ms(kept.read_at)
