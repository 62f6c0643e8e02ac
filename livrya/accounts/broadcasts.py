"""Turns the facts of accounts into events."""

from typing import Any

from django.dispatch import receiver

import realtime
from livrya.accounts import signals
from livrya.accounts.events import BlockChanged, FollowChanged, MuteChanged, ProfileChanged, as_person
from livrya.accounts.models import Follow, User


@receiver(signals.user_followed)
def _followed(*, follow: Follow, actor: User | None, **_: Any) -> None:
    event = FollowChanged(user_id=follow.followed_id, username=follow.followed.username, following=True)
    realtime.emit(realtime.UserRoom(follow.follower_id), event, actor=actor)


@receiver(signals.user_unfollowed)
def _unfollowed(*, follower: User, followed: User, actor: User | None, **_: Any) -> None:
    event = FollowChanged(user_id=followed.pk, username=followed.username, following=False)
    realtime.emit(realtime.UserRoom(follower.pk), event, actor=actor)


@receiver(signals.profile_changed)
def _profile_changed(*, user: User, actor: User | None, **_: Any) -> None:
    realtime.emit(realtime.UserRoom(user.pk), ProfileChanged(person=as_person(user)), actor=actor)


@receiver(signals.privacy_changed)
def _privacy_changed(*, user: User, **_: Any) -> None:
    # What is hidden is part of the grants that sessions hold in their rooms: they must ask for new ones.
    realtime.revoke(user=user, reason="privacy changed")


@receiver(signals.user_blocked)
def _blocked(*, blocker: User, blocked: User, actor: User | None, **_: Any) -> None:
    _emit_block(blocker, blocked, actor, True)


@receiver(signals.user_unblocked)
def _unblocked(*, blocker: User, blocked: User, actor: User | None, **_: Any) -> None:
    _emit_block(blocker, blocked, actor, False)


def _emit_block(blocker: User, blocked: User, actor: User | None, on: bool) -> None:
    event = BlockChanged(user_id=blocked.pk, username=blocked.username, blocked=on)
    realtime.emit(realtime.UserRoom(blocker.pk), event, actor=actor)
    # The grants that both sides' sessions hold in their rooms name whom they do not see.
    for user in (blocker, blocked):
        realtime.revoke(user=user, reason="privacy changed")


@receiver(signals.user_muted)
def _muted(*, muter: User, muted: User, actor: User | None, **_: Any) -> None:
    event = MuteChanged(user_id=muted.pk, username=muted.username, muted=True)
    realtime.emit(realtime.UserRoom(muter.pk), event, actor=actor)


@receiver(signals.user_unmuted)
def _unmuted(*, muter: User, muted: User, actor: User | None, **_: Any) -> None:
    event = MuteChanged(user_id=muted.pk, username=muted.username, muted=False)
    realtime.emit(realtime.UserRoom(muter.pk), event, actor=actor)
