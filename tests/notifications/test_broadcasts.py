"""What a bell hears when its person is notified, reads, and when there is nothing to say any more."""

import pytest

from notifications import services
from notifications.events import NotificationRemoved, NotificationsRead, NotificationsRoom, Notified, UnreadCount
from notifications.fan_out import take_back_slice
from realtime.log.events import EphemeralEvent
from realtime.testing.capture import capture_events
from tests.livrya.accounts.people import person
from tests.notifications.remarks import notice, remark, tell

__all__ = ["remark"]

pytestmark = pytest.mark.django_db


def test_a_notification_is_heard_at_the_bell_of_its_person_alone() -> None:
    ada, bob = person("ada"), person("bob")
    with capture_events() as captured:
        (found,) = tell(ada, notice(), actor=bob)
    assert {event.room for event in captured.events} == {f"notifications:{ada.pk}"}
    (_, event), (_, count) = captured.emitted(NotificationsRoom(ada.pk))
    assert isinstance(event, Notified)
    assert (event.id, event.type, event.message, event.url) == (found.pk, "REMARK", "remark 1", "/remarks/1/")
    assert (event.comment_id, event.book_id, event.count, event.read_at) == (1, None, 1, None)
    assert count == UnreadCount(unread=1)
    assert isinstance(captured.events[1], EphemeralEvent)


def test_reading_is_told_to_the_other_devices() -> None:
    ada, bob = person("ada"), person("bob")
    (first,) = tell(ada, notice(1))
    tell(ada, notice(2, about="book:2"))
    (foreign,) = tell(bob, notice(3))
    with capture_events() as captured:
        assert services.mark_read(actor=ada, ids=[first.pk, foreign.pk, 2**70, -1], skip="this one") == 1
    read, count = (payload for _, payload in captured.emitted(NotificationsRoom(ada.pk)))
    assert isinstance(read, NotificationsRead)
    assert (read.ids, read.unread) == ([first.pk], 1)
    assert count == UnreadCount(unread=1)
    assert captured.events[0].skip == "this one"
    foreign.refresh_from_db()
    assert foreign.read_at is None
    with capture_events() as captured:
        assert services.mark_read(actor=ada) == 0
        assert services.mark_read(actor=ada) == 0
    assert captured.types() == ["notification:read", "notification:count"]


def test_what_is_withdrawn_says_less_or_goes_and_each_bell_has_the_new_count() -> None:
    ada, bob = person("ada"), person("bob")
    (first,) = tell(ada, notice(1))
    tell(ada, notice(2))
    (alone,) = tell(bob, notice(2))
    with capture_events() as captured:
        assert take_back_slice("remark:2")
    (_, changed), (_, left) = captured.emitted(NotificationsRoom(ada.pk))
    assert isinstance(changed, Notified)
    assert (changed.id, changed.message, changed.count, left) == (first.pk, "remark 1", 1, UnreadCount(unread=1))
    assert [payload for _, payload in captured.emitted(NotificationsRoom(bob.pk))] == [
        NotificationRemoved(id=alone.pk),
        UnreadCount(unread=0),
    ]


def test_the_words_of_a_bell_go_by_what_they_quote() -> None:
    ada = person("ada")
    with capture_events() as captured:
        tell(ada, notice(1))
        tell(ada, notice(2, about="book:2", ref=""))
    assert [event.ref for event in captured.events if event.type == "notification"] == ["remark:1", ""]
