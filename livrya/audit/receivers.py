"""Staff's acts on other people's accounts; the apps above record theirs themselves."""

from typing import Any

from django.contrib.auth.models import Group
from django.dispatch import receiver

from livrya.accounts import signals
from livrya.accounts.models import User
from livrya.audit.services import record


@receiver(signals.person_joined)
def _person_joined(*, user: User, actor: User | None, **_: Any) -> None:
    _record(actor, user, "person:create")


@receiver(signals.sign_ins_ended)
def _sign_ins_ended(*, user: User, actor: User | None, reason: str, **_: Any) -> None:
    _record(actor, user, "person:sign-ins-ended", reason=reason)


@receiver(signals.account_opened)
def _account_opened(*, user: User, actor: User | None, **_: Any) -> None:
    _record(actor, user, "person:open-account")


@receiver(signals.role_changed)
def _role_changed(*, user: User, actor: User | None, **_: Any) -> None:
    _record(actor, user, "person:role", staff=user.is_staff, superuser=user.is_superuser)


@receiver(signals.rights_changed)
def _rights_changed(*, group: Group, actor: User | None, **_: Any) -> None:
    permissions = " ".join(sorted(group.permissions.values_list("codename", flat=True)))
    record(actor=actor, act="rights:change", target=f"rights:{group.pk}", name=group.name, permissions=permissions)


@receiver(signals.profile_changed)
def _profile_changed(*, user: User, actor: User | None, **_: Any) -> None:
    _record(actor, user, "person:profile")


@receiver(signals.privacy_changed)
def _privacy_changed(*, user: User, actor: User | None, **_: Any) -> None:
    _record(actor, user, "person:privacy")


@receiver(signals.user_unfollowed)
def _follow_ended(*, follower: User, followed: User, actor: User | None, **_: Any) -> None:
    _record(actor, follower, "person:follow-ended", whom=followed.pk)


@receiver(signals.user_unblocked)
def _block_ended(*, blocker: User, blocked: User, actor: User | None, **_: Any) -> None:
    _record(actor, blocker, "person:block-ended", whom=blocked.pk)


@receiver(signals.user_unmuted)
def _mute_ended(*, muter: User, muted: User, actor: User | None, **_: Any) -> None:
    _record(actor, muter, "person:mute-ended", whom=muted.pk)


def _record(actor: User | None, user: User, act: str, **details: str | int) -> None:
    """Writes it down unless the person did it themselves, or nobody did."""
    if actor is not None and actor.pk != user.pk:
        record(actor=actor, act=act, target=f"person:{user.pk}", **details)
