"""What is read of notifications: lists in pages, counts, and who wants which kind."""

import pytest

from notifications import selectors, services
from tests.livrya.accounts.people import person
from tests.notifications.remarks import listed, notice, remark, tell

__all__ = ["remark"]

pytestmark = pytest.mark.django_db


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


def test_what_is_folded_into_another_is_in_no_list_and_no_count() -> None:
    ada, bob = person("ada"), person("bob")
    tell(ada, notice(1))
    tell(ada, notice(2))
    (other,) = tell(ada, notice(3, about="book:2"))
    assert listed(ada) == [("remark 3", 1), ("remark 2", 2)]
    assert selectors.unread_count(ada) == 2
    services.mark_read(actor=ada, ids=[other.pk])
    assert [found.message for found in selectors.notifications_of(ada, unread=True)] == ["remark 2"]
    assert selectors.unread_counts([ada.pk, bob.pk]) == {ada.pk: 1, bob.pk: 0}


def test_everybody_wants_every_kind_until_they_say_otherwise(django_assert_num_queries) -> None:
    ada, bob = person("ada"), person("bob")
    assert {wanted for _, _, wanted in selectors.preferences_of(ada)} == {True}
    services.set_preferences(actor=ada, kinds=["NEW_FOLLOWER"])
    assert [code for code, _, wanted in selectors.preferences_of(ada) if wanted] == ["NEW_FOLLOWER"]
    with django_assert_num_queries(1):
        assert selectors.who_want("REMARK", [bob.pk, ada.pk]) == [bob.pk]
    assert selectors.who_want("NEW_FOLLOWER", [bob.pk, ada.pk]) == [ada.pk, bob.pk]
