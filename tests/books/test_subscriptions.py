"""Following a book."""

import pytest

from books import signals
from books.models import Subscription
from books.selectors.reading import (
    subscription_of,
)
from books.services.subscriptions import subscribe, unsubscribe
from realtime.errors import NotFound, Unauthenticated, ValidationFailed
from tests.books.library import author_of, book, somebody

pytestmark = pytest.mark.django_db


def test_a_subscription_has_one_level_and_the_book_counts_it_once():
    made, reader = book(), somebody()
    for level in ("all", "all", "muted"):
        subscribe(actor=reader, book_id=made.pk, level=level)
    made.refresh_from_db()
    assert made.subscriber_count == 1
    assert subscription_of(reader, made).level == "muted"
    for _ in range(2):
        unsubscribe(actor=reader, book_id=made.pk)
    made.refresh_from_db()
    assert made.subscriber_count == 0
    assert not Subscription.objects.exists()
    with pytest.raises(ValidationFailed):
        subscribe(actor=reader, book_id=made.pk, level="loud")
    with pytest.raises(Unauthenticated):
        subscribe(actor=None, book_id=made.pk)
    for act in (subscribe, unsubscribe):
        with pytest.raises(NotFound):
            act(actor=reader, book_id=10**15)


def test_a_private_book_is_not_followed_and_not_told_of():
    made, reader = book(visibility="private"), somebody()
    for act in (subscribe, unsubscribe):
        with pytest.raises(NotFound):
            act(actor=reader, book_id=made.pk)
    subscribe(actor=author_of(made), book_id=made.pk)
    made.refresh_from_db()
    assert made.subscriber_count == 1


def test_a_change_is_told_once_with_its_level():
    made, reader = book(), somebody()
    seen = []

    def hear(user_id, level, **_):
        seen.append((user_id, level))

    signals.subscription_changed.connect(hear)
    try:
        for level in ("all", "all", "muted"):
            subscribe(actor=reader, book_id=made.pk, level=level)
        for _ in range(2):
            unsubscribe(actor=reader, book_id=made.pk)
    finally:
        signals.subscription_changed.disconnect(hear)
    assert seen == [(reader.pk, "all"), (reader.pk, "muted"), (reader.pk, None)]
