"""Who may do what to whose account. `actor` None is the system: a command, the schedule."""

from livrya.accounts import selectors
from livrya.accounts.models import User


def may_edit(actor: User | None, user: User) -> bool:
    """The person themselves, staff (of whom only superusers touch staff), and the system."""
    if actor is None:
        return True
    if not actor.is_active:
        return False
    return actor.pk == user.pk or _stands_above(actor, user)


def may_deactivate(actor: User | None, user: User) -> bool:
    """As for editing; a superuser's account is beyond everybody else's reach."""
    return may_edit(actor, user)


def may_change_role(actor: User | None, user: User) -> bool:
    """Superusers, but not for themselves: nobody locks the last one out by mistake."""
    return actor is None or (actor.is_active and actor.is_superuser and actor.pk != user.pk)


def may_follow(actor: User, user: User) -> bool:
    """Any active person may follow any other active one, unless one of them has blocked the other."""
    return actor.is_active and user.is_active and actor.pk != user.pk and may_address(actor, user)


def may_address(actor: User, user: User) -> bool:
    """Answering, mentioning, inviting, following: not where one has blocked the other, whichever."""
    return not selectors.apart(actor, user)


def _stands_above(actor: User, user: User) -> bool:
    return actor.is_superuser or (actor.is_staff and not user.is_staff and not user.is_superuser)
