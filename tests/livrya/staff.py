"""Staff with some permissions alone, and what is written down of them."""

from typing import Any

from django.contrib.auth.models import Permission

from livrya.accounts.models import User
from livrya.audit.models import AuditEntry
from tests.books.library import somebody


def staff(*permissions: str, **fields: Any) -> User:
    made = somebody(is_staff=True, **fields)
    for permission in permissions:
        app, _, codename = permission.partition(".")
        made.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return made


def acts_of(user: User) -> list[tuple[str, str]]:
    return list(AuditEntry.objects.filter(actor=user).order_by("pk").values_list("act", "target"))
