"""Blocking and muting; all of it may be repeated without harm."""

import realtime
from livrya.accounts import limits, policies, signals
from livrya.accounts.models import Block, Mute, User
from livrya.accounts.services.following import unfollow
from livrya.accounts.services.locking import lock_people
from realtime.errors import Conflict, Forbidden, ValidationFailed


def block(*, actor: User, user: User) -> None:
    """Keeps `user` and `actor` apart: follows end both ways, and neither sees, answers or invites the other.

    Raises ValidationFailed for oneself, Conflict for more people than anybody needs to block.
    """
    if actor.pk == user.pk:
        raise ValidationFailed("You cannot block yourself.")
    with realtime.atomic():
        lock_people(actor, user)
        if Block.objects.filter(blocker=actor, blocked=user).exists():
            return
        if Block.objects.filter(blocker=actor).count() >= limits.KEPT_AWAY:
            raise Conflict(f"At most {limits.KEPT_AWAY:,} people can be blocked.")
        Block.objects.create(blocker=actor, blocked=user)
        for follower, followed in ((actor, user), (user, actor)):
            unfollow(actor=follower, user=followed)
        signals.user_blocked.send(sender=Block, blocker=actor, blocked=user, actor=actor)


def unblock(*, actor: User, user: User) -> bool:
    """Ends the actor's block and returns whether there was one; what it ended is not brought back."""
    return _end_block(actor, user, actor)


def end_block(*, actor: User, block: Block) -> None:
    """Ends somebody's block as staff. Raises Forbidden."""
    if not policies.staff_may(actor, "accounts.delete_block"):
        raise Forbidden
    _end_block(block.blocker, block.blocked, actor)


def _end_block(blocker: User, blocked: User, actor: User) -> bool:
    with realtime.atomic():
        deleted, _ = Block.objects.filter(blocker=blocker, blocked=blocked).delete()
        if deleted:
            signals.user_unblocked.send(sender=Block, blocker=blocker, blocked=blocked, actor=actor)
    return bool(deleted)


def mute(*, actor: User, user: User) -> None:
    """Keeps what `user` does out of the actor's notifications and folds away what they say.

    Raises ValidationFailed for oneself, Conflict for more people than anybody needs to mute.
    """
    if actor.pk == user.pk:
        raise ValidationFailed("You cannot mute yourself.")
    with realtime.atomic():
        lock_people(actor)
        if Mute.objects.filter(muter=actor, muted=user).exists():
            return
        if Mute.objects.filter(muter=actor).count() >= limits.KEPT_AWAY:
            raise Conflict(f"At most {limits.KEPT_AWAY:,} people can be muted.")
        Mute.objects.create(muter=actor, muted=user)
        signals.user_muted.send(sender=Mute, muter=actor, muted=user, actor=actor)


def unmute(*, actor: User, user: User) -> bool:
    """Ends the actor's mute and returns whether there was one."""
    return _end_mute(actor, user, actor)


def end_mute(*, actor: User, mute: Mute) -> None:
    """Ends somebody's mute as staff. Raises Forbidden."""
    if not policies.staff_may(actor, "accounts.delete_mute"):
        raise Forbidden
    _end_mute(mute.muter, mute.muted, actor)


def _end_mute(muter: User, muted: User, actor: User) -> bool:
    with realtime.atomic():
        deleted, _ = Mute.objects.filter(muter=muter, muted=muted).delete()
        if deleted:
            signals.user_unmuted.send(sender=Mute, muter=muter, muted=muted, actor=actor)
    return bool(deleted)
