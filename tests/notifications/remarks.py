"""Notifications of a kind of the tests' own, and what somebody's list then says."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from livrya.accounts.models import User
from notifications import kinds, selectors, services
from notifications.kinds import Kind
from notifications.models import Notification


@pytest.fixture(autouse=True)
def remark() -> Iterator[Kind]:
    yield kinds.declare("REMARK", "A remark")
    del kinds.KINDS["REMARK"]


def notice(number: int = 1, about: str = "book:1", **changes: object) -> services.Notice:
    fields = {
        "kind": "REMARK",
        "message": f"remark {number}",
        "url": f"/remarks/{number}/",
        "cause": f"remark:{number}",
        "about": about,
        "ref": f"remark:{number}",
        "subject": {"comment_id": number},
    }
    return services.Notice(**{**fields, **changes})


def tell(user: User, payload: services.Notice, actor: User | None = None) -> list[Notification]:
    return services.notify(actor=actor, recipients=[user.pk], notice=payload)


def listed(user: User) -> list[tuple[str, int]]:
    return [(found.message, found.count) for found in selectors.notifications_of(user)]


def age(user: User, minutes: int) -> None:
    Notification.objects.filter(recipient=user).update(created_at=timezone.now() - timedelta(minutes=minutes))
