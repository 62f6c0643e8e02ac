"""Staff's acts on other people's accounts; apps that stand above record theirs themselves."""

from typing import Any

from django.dispatch import receiver

from livrya.accounts import signals
from livrya.accounts.models import User
from livrya.audit.services import record


@receiver(signals.sign_ins_ended)
def _sign_ins_ended(*, user: User, actor: User | None, reason: str, **_: Any) -> None:
    _record(actor, user, "person:sign-ins-ended", reason=reason)


@receiver(signals.account_opened)
def _account_opened(*, user: User, actor: User | None, **_: Any) -> None:
    _record(actor, user, "person:open-account")


@receiver(signals.role_changed)
def _role_changed(*, user: User, actor: User | None, **_: Any) -> None:
    _record(actor, user, "person:role", staff=user.is_staff, superuser=user.is_superuser)


@receiver(signals.profile_changed)
def _profile_changed(*, user: User, actor: User | None, **_: Any) -> None:
    _record(actor, user, "person:profile")


def _record(actor: User | None, user: User, act: str, **details: str | bool) -> None:
    """Writes it down unless the person did it themselves, or nobody did."""
    if actor is not None and actor.pk != user.pk:
        record(actor=actor, act=act, target=f"person:{user.pk}", **details)
