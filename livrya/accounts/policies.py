"""Who may do what to whose account, and what staff may. `actor` None is the system: a command, the schedule."""

from django.contrib.auth.models import AnonymousUser

from livrya.accounts import selectors
from livrya.accounts.models import User

EDIT = "accounts.change_user"
DELETE = "accounts.delete_user"
WATCH = "accounts.view_loginsession"
"""Who is connected from where, and how busy the servers are."""


def staff_may(actor: User | AnonymousUser | None, *permissions: str) -> bool:
    """Tells whether somebody may do as staff what one of the permissions is for; superusers may everything.

    Being staff alone opens the admin's first page and nothing else. The system (None) is nobody here.
    """
    if actor is None or not actor.is_active or not (actor.is_staff or actor.is_superuser):
        return False
    return any(actor.has_perm(permission) for permission in permissions)


def may_edit(actor: User | None, user: User, permission: str = EDIT) -> bool:
    """The person themselves, staff with the permission (of whom only superusers touch staff), and the system."""
    if actor is None:
        return True
    if not actor.is_active:
        return False
    return actor.pk == user.pk or _outranks(actor, user, permission)


def may_deactivate(actor: User | None, user: User) -> bool:
    """As for editing; a superuser's account is beyond everybody else's reach."""
    return may_edit(actor, user)


def may_change_role(actor: User | None, user: User) -> bool:
    """Superusers, but not for themselves: nobody locks the last one out by mistake."""
    return actor is None or (actor.is_active and actor.is_superuser and actor.pk != user.pk)


def may_give_rights(actor: User | None) -> bool:
    """Superusers: whoever could change what a group of staff may could give themselves everything."""
    return actor is None or (actor.is_active and actor.is_superuser)


def may_follow(actor: User, user: User) -> bool:
    """Any active person may follow any other active one, unless one of them has blocked the other."""
    return actor.is_active and user.is_active and actor.pk != user.pk and may_address(actor, user)


def may_address(actor: User, user: User) -> bool:
    """Answering, mentioning, inviting, following: not where one has blocked the other, whichever."""
    return not selectors.apart(actor, user)


def _outranks(actor: User, user: User, permission: str) -> bool:
    return actor.is_superuser or (staff_may(actor, permission) and not user.is_staff and not user.is_superuser)
