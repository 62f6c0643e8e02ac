"""An announcement on the wire."""

from datetime import UTC, datetime, timedelta

import pytest

from livrya.site.announcements.events import Announced, as_announced
from livrya.site.announcements.models import Announcement

pytestmark = pytest.mark.either_database


def test_it_says_from_when_until_when_in_milliseconds() -> None:
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    said = Announcement(pk=7, text="Hello", created_at=begins, until=begins + timedelta(seconds=1))
    assert as_announced(said) == Announced(id=7, text="Hello", created_at=1767225600000, until=1767225601000)
