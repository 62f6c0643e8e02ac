"""Following: once, sent to one's own devices, paged for audiences."""

import pytest
from django.db import IntegrityError, transaction

from livrya.accounts import signals
from livrya.accounts.events import FollowChanged
from livrya.accounts.models import Follow
from livrya.accounts.services import access, following
from realtime.contracts import Payload
from realtime.errors import Forbidden, ValidationFailed
from realtime.testing.capture import Captured, capture_events
from tests.livrya.accounts.people import person

pytestmark = pytest.mark.django_db


def changes(captured: Captured) -> list[tuple[str, Payload]]:
    return [(room, payload) for room, payload in captured.emitted() if isinstance(payload, FollowChanged)]


def test_following_happens_once_and_is_told_to_the_followers_devices() -> None:
    ada, bob = person("ada"), person("bob")
    facts = []
    signals.user_followed.connect(lambda follow, **_: facts.append(follow), weak=False, dispatch_uid="test")
    try:
        with capture_events() as captured:
            first = following.follow(actor=bob, user=ada)
            assert following.follow(actor=bob, user=ada) == first
    finally:
        signals.user_followed.disconnect(dispatch_uid="test")
    assert facts == [first]
    assert changes(captured) == [(f"user:{bob.pk}", FollowChanged(user_id=ada.pk, username="ada", following=True))]


def test_unfollowing_is_told_once() -> None:
    ada, bob = person("ada"), person("bob")
    following.follow(actor=bob, user=ada)
    with capture_events() as captured:
        assert following.unfollow(actor=bob, user=ada)
        assert not following.unfollow(actor=bob, user=ada)
    assert changes(captured) == [(f"user:{bob.pk}", FollowChanged(user_id=ada.pk, username="ada", following=False))]


def test_nobody_follows_themselves_or_a_closed_account() -> None:
    ada, bob = person("ada"), person("bob")
    with pytest.raises(ValidationFailed):
        following.follow(actor=ada, user=ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        Follow.objects.create(follower=ada, followed=ada)
    closed = access.deactivate(actor=None, user=bob)
    with pytest.raises(Forbidden):
        following.follow(actor=ada, user=closed)
