"""Reads about notifications."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from livrya.accounts.models import User
from livrya.kit.cursors import Page, page
from notifications.kinds import KINDS
from notifications.models import Notification, Preference

ORDER = ("-occurred_at", "-id")
"""The newest first, for `livrya.kit.cursors.page`."""


def notifications_of(user: User, *, unread: bool = False) -> QuerySet[Notification]:
    """Returns the person's notifications, the newest first; with `unread`, what they have not read."""
    found = Notification.objects.filter(recipient=user, into__isnull=True)
    if unread:
        found = found.filter(read_at__isnull=True)
    return found.order_by(*ORDER)


def notification_page(user: User, *, cursor: str | None, limit: int, unread: bool = False) -> Page[Notification]:
    """Returns a page of `notifications_of`. Raises ValidationFailed for a foreign cursor."""
    return page(notifications_of(user, unread=unread), ORDER, cursor=cursor, limit=limit)


def unread_count(user: User | int) -> int:
    """Returns how many notifications the person has not read."""
    return Notification.objects.filter(recipient=user, into__isnull=True, read_at__isnull=True).count()


def unread_counts(user_ids: Iterable[int]) -> dict[int, int]:
    """Returns the unread counts of many people, in one query; nobody is left out."""
    wanted = list(user_ids)
    counted = (
        Notification.objects.filter(recipient__in=wanted, into__isnull=True, read_at__isnull=True)
        .order_by()
        .values_list("recipient_id")
        .annotate(unread=Count("pk"))
    )
    return dict.fromkeys(wanted, 0) | dict(counted)


def preferences_of(user: User) -> list[tuple[str, str, bool]]:
    """Returns (code, label, wanted in the app) of every kind, in the order of declaration."""
    unwanted = set(Preference.objects.filter(user=user, in_app=False).values_list("kind", flat=True))
    return [(kind.code, kind.label, kind.code not in unwanted) for kind in KINDS.values()]


def who_want(kind: str, user_ids: Iterable[int]) -> list[int]:
    """Returns those of the people who want to be notified of this kind, in ascending order, in one query."""
    wanted = set(user_ids)
    unwilling = Preference.objects.filter(user__in=wanted, kind=kind, in_app=False).values_list("user_id", flat=True)
    return sorted(wanted.difference(unwilling))
