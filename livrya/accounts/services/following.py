"""Following and unfollowing; both may be repeated without harm."""

from django.db import IntegrityError, transaction

import realtime
from livrya.accounts import limits, policies, signals
from livrya.accounts.models import Follow, User
from livrya.accounts.services.locking import lock_people
from realtime.errors import Forbidden, ValidationFailed


def follow(*, actor: User, user: User) -> Follow:
    """Has `actor` notified of what `user` publishes; returns the (possibly older) follow.

    Raises ValidationFailed for oneself, Forbidden for a closed account or where one has blocked the other.
    """
    if actor.pk == user.pk:
        raise ValidationFailed("You cannot follow yourself.")
    limits.FOLLOWS.charge(actor.pk)
    with realtime.atomic():
        lock_people(actor, user)
        if not policies.may_follow(actor, user):
            raise Forbidden
        existing = Follow.objects.filter(follower=actor, followed=user).first()
        if existing:
            return existing
        try:
            with transaction.atomic():
                created = Follow.objects.create(follower=actor, followed=user)
        except IntegrityError:  # the other tab was faster
            return Follow.objects.get(follower=actor, followed=user)
        signals.user_followed.send(sender=Follow, follow=created, actor=actor)
    return created


def unfollow(*, actor: User, user: User) -> bool:
    """Ends the follow; returns whether there was one."""
    return _end(actor, user, actor)


def end_follow(*, actor: User, follow: Follow) -> None:
    """Ends somebody's follow as staff. Raises Forbidden."""
    if not policies.staff_may(actor, "accounts.delete_follow"):
        raise Forbidden
    _end(follow.follower, follow.followed, actor)


def _end(follower: User, followed: User, actor: User) -> bool:
    with realtime.atomic():
        deleted, _ = Follow.objects.filter(follower=follower, followed=followed).delete()
        if deleted:
            signals.user_unfollowed.send(sender=Follow, follower=follower, followed=followed, actor=actor)
    return bool(deleted)
