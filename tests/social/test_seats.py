"""Seats of ephemeral groups: how long they last, and what ends with the last."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from realtime.testing.capture import capture_events
from social.errors import NotMember, RoomNotFound
from social.events import GroupRoom
from social.models import Membership
from social.services.entering import leave_group
from social.services.seats import end_lapsed_seats, keep_seats, next_seat_end
from tests.social.rooms import count, group, join, owner_of

pytestmark = pytest.mark.django_db


def test_a_seat_lasts_as_long_as_its_person_is_seen_and_a_grace() -> None:
    made = group(persistent=False, max_users=2)
    owner = owner_of(made)
    guest = join(made)
    later = timezone.now() + timedelta(seconds=31)
    assert end_lapsed_seats() == 0
    assert next_seat_end() is not None
    Membership.objects.filter(user=owner).update(present_until=later + timedelta(seconds=1))
    with capture_events() as captured:
        assert end_lapsed_seats(now=later) == 1
    assert captured.types(GroupRoom(made.pk))[0] == "member:left"
    assert count(made) == (1, 1)
    assert keep_seats(seats={made.pk: [guest.pk, owner.pk], group().pk: [owner.pk]}) == {made.pk}
    assert count(made) == (1, 1), "a seat that is gone stays gone"
    later += timedelta(seconds=60)
    with capture_events() as captured:
        assert end_lapsed_seats(now=later) == 1
    assert captured.types(GroupRoom(made.pk)).count("room:deleted") == 1
    assert (end_lapsed_seats(now=later), next_seat_end()) == (0, None)


def test_seats_in_persistent_groups_do_not_lapse() -> None:
    made = group()
    assert end_lapsed_seats(now=timezone.now() + timedelta(days=9)) == 0
    assert count(made) == (1, 1)


def test_an_ephemeral_group_ends_with_its_creator_only_where_it_was_made_so() -> None:
    for auto_delete, ended in ((True, True), (False, False)):
        made = group(persistent=False, auto_delete=auto_delete)
        join(made)
        leave_group(actor=owner_of(made), group_id=made.pk)
        made.refresh_from_db()
        assert (made.ended_at is not None) is ended


@pytest.mark.django_db(transaction=True)
def test_a_group_ends_once_however_many_give_its_last_seat_back() -> None:
    made = group(persistent=False)
    owner = owner_of(made)
    later = timezone.now() + timedelta(seconds=31)

    def lapse() -> int:
        try:
            return end_lapsed_seats(now=later)
        finally:
            connection.close()

    def leave() -> int:
        try:
            leave_group(actor=owner, group_id=made.pk)
        except (RoomNotFound, NotMember):
            return 0
        finally:
            connection.close()
        return 1

    with capture_events() as captured, ThreadPoolExecutor(6) as threads:
        done = [threads.submit(act) for act in (lapse, leave) * 3]
        assert sum(one.result() for one in done) == 1
    assert captured.types(GroupRoom(made.pk)).count("room:deleted") == 1
    assert count(made) == (0, 0)
