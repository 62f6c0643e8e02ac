"""Notifying people: once for each cause, folded while it is fresh, to who wants it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from livrya.accounts.services import access, blocking
from notifications import selectors, services
from notifications.events import NotificationRemoved, NotificationsRoom, Notified, UnreadCount
from notifications.fan_out import take_back_slice, withdraw
from notifications.models import Notification
from realtime.errors import ValidationFailed
from realtime.testing.capture import capture_events
from tests.livrya.accounts.people import person
from tests.notifications.remarks import age, listed, notice, remark, tell

__all__ = ["remark"]

pytestmark = pytest.mark.django_db


def test_nobody_is_told_twice_of_one_cause() -> None:
    ada = person("ada")
    tell(ada, notice())
    with capture_events() as captured:
        assert tell(ada, notice()) == []
    assert captured.events == []
    assert listed(ada) == [("remark 1", 1)]


def test_nobody_is_told_of_what_they_did_themselves() -> None:
    ada = person("ada")
    assert tell(ada, notice(), actor=ada) == []


def test_a_closed_account_is_told_nothing() -> None:
    assert tell(access.deactivate(actor=None, user=person("ada")), notice()) == []


def test_more_of_the_same_within_ten_minutes_is_folded_into_one() -> None:
    ada = person("ada")
    (first,) = tell(ada, notice(1))
    with capture_events() as captured:
        (second,) = tell(ada, notice(2))
    assert second.pk == first.pk
    assert listed(ada) == [("remark 2", 2)]
    assert [
        (payload.id, payload.count, payload.comment_id)
        for _, payload in captured.emitted()
        if isinstance(payload, Notified)
    ] == [(first.pk, 2, 2)]
    assert selectors.unread_count(ada) == 1
    for number in (1, 2):
        assert tell(ada, notice(number)) == []


def test_another_object_another_kind_a_later_time_and_a_read_one_are_not_folded() -> None:
    ada = person("ada")
    tell(ada, notice(1))
    tell(ada, notice(2, about="book:2"))
    tell(ada, notice(3, kind="NEW_FOLLOWER"))
    assert len(listed(ada)) == 3
    age(ada, minutes=11)
    tell(ada, notice(4))
    services.mark_read(actor=ada)
    tell(ada, notice(5))
    assert [count for _, count in listed(ada)] == [1, 1, 1, 1, 1]


def test_who_does_not_want_a_kind_is_not_told_until_they_do() -> None:
    ada = person("ada")
    wanted = {code for code, _, _ in selectors.preferences_of(ada)}
    services.set_preferences(actor=ada, kinds=wanted - {"REMARK"})
    assert ("REMARK", "A remark", False) in selectors.preferences_of(ada)
    assert tell(ada, notice(1)) == []
    services.set_preferences(actor=ada, kinds=wanted)
    assert len(tell(ada, notice(2))) == 1
    with pytest.raises(ValidationFailed):
        services.set_preferences(actor=ada, kinds=["NONSENSE"])


def test_what_is_withdrawn_leaves_the_rest_of_its_group() -> None:
    ada, bob = person("ada"), person("bob")
    for user in (ada, bob):
        for number in (1, 2, 3):
            tell(user, notice(number))
    withdraw(ref="remark:3")
    with capture_events() as captured:
        assert take_back_slice("remark:3")
    assert listed(ada) == listed(bob) == [("remark 2", 2)]
    assert [
        payload.message for _, payload in captured.emitted(NotificationsRoom(ada.pk)) if isinstance(payload, Notified)
    ] == ["remark 2"]
    assert not take_back_slice("remark:3")
    take_back_slice("remark:1")
    assert listed(ada) == [("remark 2", 1)]
    with capture_events() as captured:
        take_back_slice("remark:2")
    assert [type(payload) for _, payload in captured.emitted(NotificationsRoom(ada.pk))] == [
        NotificationRemoved,
        UnreadCount,
    ]
    assert not Notification.objects.exists()


def test_two_of_one_group_with_one_ref_are_both_withdrawn() -> None:
    ada = person("ada")
    for number in (1, 2, 3):
        tell(ada, notice(number, ref="remark:1" if number < 3 else "remark:3"))
    while take_back_slice("remark:1"):
        pass
    assert listed(ada) == [("remark 3", 1)]


def test_a_message_is_one_clean_line_of_bounded_length() -> None:
    found = notice(message="a\nb\u202e" + "x" * 400)
    assert found.message.startswith("a bxx")
    assert len(found.message) == services.MESSAGE_LENGTH


@pytest.mark.parametrize("changes", [{"kind": "NONSENSE"}, {"url": "https://elsewhere.example/"}])
def test_a_notice_against_the_rules_is_a_mistake(changes: dict[str, str]) -> None:
    with pytest.raises(TypeError):
        notice(**changes)


def test_what_was_read_long_ago_is_pruned_with_what_was_folded_into_it() -> None:
    ada = person("ada")
    tell(ada, notice(1))
    tell(ada, notice(2))
    services.mark_read(actor=ada)
    tell(ada, notice(3))
    assert services.prune() == 0
    Notification.objects.filter(read_at__isnull=False).update(read_at=timezone.now() - timedelta(days=181))
    assert services.prune() == 2
    assert listed(ada) == [("remark 3", 1)]


def test_nobody_is_told_of_people_whom_they_mute_or_who_are_blocked_either_way() -> None:
    ada, troll, muter, blocker, blocked = (person(name) for name in ("ada", "troll", "muter", "blocker", "blocked"))
    blocking.mute(actor=muter, user=troll)
    blocking.block(actor=blocker, user=troll)
    blocking.block(actor=troll, user=blocked)
    everybody = [user.pk for user in (ada, muter, blocker, blocked)]
    shown = services.notify(actor=troll, recipients=everybody, notice=notice(1))
    assert [found.recipient_id for found in shown] == [ada.pk]
    shown = services.notify(actor=None, recipients=everybody, notice=notice(2))
    assert {found.recipient_id for found in shown} == set(everybody)
