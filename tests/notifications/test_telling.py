"""Telling people: once for each cause, folded while it is fresh, to who wants it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from livrya.accounts.models import User
from livrya.accounts.services import access, blocking, following
from notifications import kinds, selectors, services
from notifications.events import NotificationRemoved, NotificationsRead, NotificationsRoom, Notified, UnreadCount
from notifications.fan_out import take_back_slice, withdraw
from notifications.kinds import Kind
from notifications.models import Notification
from realtime.errors import ValidationFailed
from realtime.log.events import EphemeralEvent
from realtime.testing.capture import capture_events
from tests.livrya.accounts.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def remark() -> Iterator[Kind]:
    yield kinds.declare("REMARK", "A remark")
    del kinds.KINDS["REMARK"]


def notice(number: int = 1, about: str = "book:1", **changes: object) -> services.Notice:
    fields = {
        "kind": "REMARK",
        "message": f"remark {number}",
        "url": f"/remarks/{number}/",
        "cause": f"remark:{number}",
        "about": about,
        "ref": f"remark:{number}",
        "subject": {"comment_id": number},
    }
    return services.Notice(**{**fields, **changes})


def tell(user: User, payload: services.Notice, actor: User | None = None) -> list[Notification]:
    return services.notify(actor=actor, recipients=[user.pk], notice=payload)


def listed(user: User) -> list[tuple[str, int]]:
    return [(found.message, found.count) for found in selectors.notifications_of(user)]


def age(user: User, minutes: int) -> None:
    Notification.objects.filter(recipient=user).update(created_at=timezone.now() - timedelta(minutes=minutes))


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


def test_being_followed_is_told_once_however_often_it_is_undone() -> None:
    ada, bob = person("ada", display_name="Ada"), person("bob", display_name="Bob")
    following.follow(actor=bob, user=ada)
    following.unfollow(actor=bob, user=ada)
    following.follow(actor=bob, user=ada)
    assert listed(ada) == [("Bob follows you.", 1)]
    assert listed(bob) == []


def test_the_list_is_paged_and_counted_in_a_constant_number_of_queries(django_assert_num_queries) -> None:
    ada = person("ada")
    for number in range(7):
        tell(ada, notice(number + 1, about=f"book:{number}"))
    with django_assert_num_queries(1):
        first = selectors.notification_page(ada, cursor=None, limit=3)
    tell(ada, notice(99, about="book:99"))
    second = selectors.notification_page(ada, cursor=first.next, limit=3)
    third = selectors.notification_page(ada, cursor=second.next, limit=3)
    messages = [found.message for page in (first, second, third) for found in page.rows]
    assert messages == [f"remark {number}" for number in range(7, 0, -1)]
    assert third.next is None


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
