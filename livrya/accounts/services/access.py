"""Passwords, roles and open accounts: whatever decides whether somebody gets in, and ends what let them in before."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.contrib.auth.models import Group, Permission
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone

import realtime
from livrya.accounts import limits, policies, signals
from livrya.accounts.models import LoginSession, TokenFamily, User
from livrya.accounts.sessions import SessionStore
from realtime import MAX_ROOMS
from realtime.errors import Conflict, Forbidden, NotFound, ValidationFailed


def change_password(*, actor: User | None, user: User, new_password: str, old_password: str | None = None) -> User:
    """Sets a password and ends every sign-in made with the one before, this very session's too.

    Who changes their own must give the old one. A view that wants its person to stay calls
    `update_session_auth_hash` afterwards. Raises Forbidden, ValidationFailed; RateLimited for who guesses.
    """
    if not policies.may_edit(actor, user):
        raise Forbidden
    # Hashing takes a tenth of a second: not inside the transaction.
    if actor is not None and actor.pk == user.pk:
        _require_own_password(actor, old_password or "", "oldPassword")
    try:
        validate_password(new_password, user)
    except ValidationError as error:
        raise ValidationFailed(details={"fields": {"newPassword": " ".join(error.messages)}}) from error
    user.set_password(new_password)
    with realtime.atomic():
        user.save(update_fields=["password"])
        _end_sign_ins(user, actor, "password changed")
    return user


def sign_out_everywhere(*, actor: User | None, user: User) -> None:
    """Ends every session and token of the person. Raises Forbidden."""
    if not policies.may_edit(actor, user):
        raise Forbidden
    with realtime.atomic():
        _end_sign_ins(user, actor, "signed out everywhere")


def sign_out_session(*, actor: User, fingerprint: str) -> None:
    """Ends one of the actor's sessions, with its sockets. Raises NotFound for one that is not theirs."""
    session = LoginSession.objects.filter(user=actor, fingerprint=fingerprint).first()
    if session is None:
        raise NotFound("That browser is not signed in any more.")
    SessionStore(session.session_key).delete()


def deactivate(*, actor: User | None, user: User) -> User:
    """Closes the account and ends every sign-in; it can be opened again. Raises Forbidden."""
    return _set_active(actor, user, False)


def close_own_account(*, actor: User, password: str) -> User:
    """Closes the actor's account, as `deactivate`. Raises ValidationFailed; RateLimited for who guesses."""
    _require_own_password(actor, password, "password")
    return deactivate(actor=actor, user=actor)


def suspend(*, actor: User | None, user: User, until: datetime) -> User:
    """Closes the account until then, see `end_suspensions`. Raises Forbidden, also for oneself; ValidationFailed."""
    if actor is not None and actor.pk == user.pk:
        raise Forbidden
    if not timezone.now() < until <= timezone.now() + limits.LONGEST_SUSPENSION:
        raise ValidationFailed("A suspension ends within a year.")
    return _set_active(actor, user, False, until)


def end_suspensions() -> int:
    """Opens the accounts whose suspension is over; returns how many."""
    due = User.objects.filter(suspended_until__lte=timezone.now(), is_active=False)
    people = list(due.order_by("pk"))
    for user in people:
        _set_active(None, user, True)
    return len(people)


def next_suspension_end() -> datetime | None:
    """Returns when the next suspension is over, for the schedule."""
    waiting = User.objects.filter(suspended_until__isnull=False, is_active=False).order_by("suspended_until")
    return waiting.values_list("suspended_until", flat=True).first()


def reactivate(*, actor: User | None, user: User) -> User:
    """Opens a closed account again; only others can. Raises Forbidden."""
    if actor is not None and actor.pk == user.pk:
        raise Forbidden
    return _set_active(actor, user, True)


def set_role(*, actor: User | None, user: User, is_staff: bool, is_superuser: bool) -> User:
    """Makes somebody staff or superuser, or no longer; open sessions are asked again at once.

    Raises Forbidden.
    """
    if not policies.may_change_role(actor, user):
        raise Forbidden
    with realtime.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if (user.is_staff, user.is_superuser) != (is_staff, is_superuser):
            user.is_staff, user.is_superuser = is_staff, is_superuser
            user.save(update_fields=["is_staff", "is_superuser"])
            realtime.revoke(user=user, reason="role changed")
            signals.role_changed.send(sender=User, user=user, actor=actor)
    return user


def set_groups(*, actor: User | None, user: User, groups: Iterable[Group]) -> None:
    """Puts somebody into exactly these groups of staff rights; open sessions are asked again. Raises Forbidden."""
    if not policies.may_change_role(actor, user):
        raise Forbidden
    with realtime.atomic():
        user.groups.set(groups)
        realtime.revoke(user=user, reason="role changed")
        signals.role_changed.send(sender=User, user=user, actor=actor)


def save_rights(
    *, actor: User | None, name: str, permissions: Iterable[Permission], group: Group | None = None
) -> Group:
    """Gives a group of staff rights its name and permissions, a new one without `group`; for superusers.

    Open sessions of its people are asked again at once. Raises Forbidden.
    """
    if not policies.may_give_rights(actor):
        raise Forbidden
    group = group or Group()
    with _asking_again(group):
        group.name = name
        group.save()
        group.permissions.set(permissions)
        signals.rights_changed.send(sender=Group, group=group, actor=actor)
    return group


def delete_rights(*, actor: User | None, group: Group) -> None:
    """Deletes a group of staff rights, which its people have no longer. Raises Forbidden."""
    if not policies.may_give_rights(actor):
        raise Forbidden
    with _asking_again(group):
        signals.rights_changed.send(sender=Group, group=group, actor=actor)
        group.delete()


@contextmanager
def _asking_again(group: Group) -> Iterator[None]:
    people = list(User.objects.filter(groups=group.pk)) if group.pk else []
    with realtime.atomic(max_rooms=len(people) + MAX_ROOMS):
        yield
        for user in people:
            realtime.revoke(user=user, reason="role changed")


def delete_account(*, actor: User | None, user: User) -> None:
    """Deletes the person and what hangs on them alone; staff work, deactivating is the usual way.

    Raises Forbidden; Conflict when what they made must not lose its maker.
    """
    if not policies.may_edit(actor, user, policies.DELETE):
        raise Forbidden
    with realtime.atomic():
        _end_sign_ins(user, actor, "account deleted")
        try:
            user.delete()
        except (ProtectedError, RestrictedError) as error:
            raise Conflict("Something of theirs would be left without its maker: deactivate instead.") from error


def _require_own_password(person: User, password: str, field: str) -> None:
    limits.OWN_PASSWORD.charge(person.pk)
    if not person.check_password(password):
        raise ValidationFailed(details={"fields": {field: "That is not your password."}})


def _set_active(actor: User | None, user: User, active: bool, until: datetime | None = None) -> User:
    if not policies.may_deactivate(actor, user):
        raise Forbidden
    with realtime.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if (user.is_active, user.suspended_until) != (active, until):
            was_active, user.is_active, user.suspended_until = user.is_active, active, until
            user.save(update_fields=["is_active", "suspended_until"])
            if not active:
                _end_sign_ins(user, actor, "account suspended" if until else "account closed")
            elif not was_active:
                signals.account_opened.send(sender=User, user=user, actor=actor)
    return user


def _end_sign_ins(user: User, actor: User | None, reason: str) -> None:
    LoginSession.objects.filter(user=user).delete()
    TokenFamily.objects.filter(user=user).delete()
    realtime.revoke(user=user, reason=reason)
    signals.sign_ins_ended.send(sender=User, user=user, actor=actor, reason=reason)
