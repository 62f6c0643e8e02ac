"""How far members have read."""

import pytest

from realtime.log.revocation import UserRoom
from realtime.testing.capture import capture_events
from social.errors import NotMember
from social.services.reading import mark_read
from tests.books.library import somebody
from tests.social.rooms import group, member_of, message

pytestmark = pytest.mark.django_db


def test_how_far_one_has_read_stays_within_what_there_is() -> None:
    made = group()
    reader = member_of(made)
    for _ in range(3):
        message(made)
    for asked, reached in ((2, 2), (99, 3), (0, 0)):
        assert mark_read(actor=reader, group_id=made.pk, number=asked).read_number == reached
    with capture_events() as captured:
        mark_read(actor=reader, group_id=made.pk, number=0)
    assert captured.events == []
    with pytest.raises(NotMember):
        mark_read(actor=somebody(), group_id=made.pk, number=1)


def test_having_read_further_is_told_to_ones_own_devices_once() -> None:
    made = group()
    reader = member_of(made)
    message(made)
    with capture_events() as captured:
        for _ in range(2):
            mark_read(actor=reader, group_id=made.pk, number=1)
    assert captured.types(UserRoom(reader.pk)) == ["read:changed"]
