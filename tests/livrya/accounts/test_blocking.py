"""Blocking and muting: both sides apart, one's own devices get it, the other learns nothing."""

import pytest

import realtime
from livrya.accounts import limits, selectors
from livrya.accounts.events import BlockChanged, MuteChanged
from livrya.accounts.models import Follow
from livrya.accounts.services import blocking, following
from realtime.errors import Conflict, Forbidden, ValidationFailed
from realtime.log.revocation import Revoked
from realtime.testing.capture import capture_events
from tests.livrya.accounts.people import person

pytestmark = pytest.mark.django_db


def test_a_block_ends_follows_both_ways_and_allows_no_new_ones() -> None:
    ada, bob = person("ada"), person("bob")
    following.follow(actor=ada, user=bob)
    following.follow(actor=bob, user=ada)
    with capture_events() as captured:
        blocking.block(actor=ada, user=bob)
        blocking.block(actor=ada, user=bob)
    assert not Follow.objects.exists()
    assert selectors.blocked_ids(ada) == {bob.pk}
    assert selectors.blocked_ids(bob.pk) == {ada.pk}
    found = [payload for _, payload in captured.emitted(realtime.UserRoom(ada.pk)) if isinstance(payload, BlockChanged)]
    assert found == [BlockChanged(user_id=bob.pk, username="bob", blocked=True)]
    # Who is blocked hears no more than that a follow ended; but grants are asked for again on both sides.
    heard = {kind for kind in captured.types(realtime.UserRoom(bob.pk)) if not kind.startswith("realtime:")}
    assert heard == {"follow:changed"}
    assert "realtime:revoked" in captured.types(realtime.UserRoom(bob.pk))
    assert "realtime:revoked" in captured.types(realtime.UserRoom(ada.pk))
    for follower, followed in ((ada, bob), (bob, ada)):
        with pytest.raises(Forbidden):
            following.follow(actor=follower, user=followed)
    assert blocking.unblock(actor=ada, user=bob)
    assert not blocking.unblock(actor=ada, user=bob)
    following.follow(actor=bob, user=ada)


def test_a_mute_is_told_to_its_own_side_alone() -> None:
    ada, bob = person("ada"), person("bob")
    following.follow(actor=bob, user=ada)
    with capture_events() as captured:
        blocking.mute(actor=ada, user=bob)
        blocking.mute(actor=ada, user=bob)
        assert selectors.muted_ids(ada) == {bob.pk}
        assert selectors.muted_ids(bob) == set()
        assert blocking.unmute(actor=ada, user=bob)
        assert not blocking.unmute(actor=ada, user=bob)
    assert Follow.objects.exists()
    assert [(room, payload) for room, payload in captured.emitted() if not isinstance(payload, Revoked)] == [
        (f"user:{ada.pk}", MuteChanged(user_id=bob.pk, username="bob", muted=on)) for on in (True, False)
    ]
    assert captured.types(realtime.UserRoom(bob.pk)) == []


def test_nobody_keeps_themselves_away_nor_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEPT_AWAY", 1)
    ada, bob, eve = person("ada"), person("bob"), person("eve")
    for act in (blocking.block, blocking.mute):
        with pytest.raises(ValidationFailed):
            act(actor=ada, user=ada)
        act(actor=ada, user=bob)
        with pytest.raises(Conflict):
            act(actor=ada, user=eve)
