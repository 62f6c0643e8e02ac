"""What people are notified of that happens in accounts."""

import pytest

from livrya.accounts.services import following
from notifications.models import Notification
from tests.livrya.accounts.people import person
from tests.notifications.remarks import listed

pytestmark = pytest.mark.django_db


def test_being_followed_is_told_once_however_often_it_is_undone() -> None:
    ada, bob = person("ada", display_name="Ada"), person("bob", display_name="Bob")
    following.follow(actor=bob, user=ada)
    following.unfollow(actor=bob, user=ada)
    following.follow(actor=bob, user=ada)
    assert listed(ada) == [("Bob follows you.", 1)]
    assert listed(bob) == []


def test_a_follower_is_named_and_their_page_linked() -> None:
    ada, bob = person("ada"), person("bob", display_name="Bob")
    following.follow(actor=bob, user=ada)
    found = Notification.objects.get(recipient=ada)
    assert (found.kind, found.url, found.subject) == ("NEW_FOLLOWER", "/people/bob/", {"user_id": bob.pk})
