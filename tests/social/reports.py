"""Reports for tests, and what is written down of what becomes of them."""

import pytest

from livrya.accounts.models import User
from livrya.audit.models import AuditEntry
from social.models import Report
from social.services.reporting import report
from tests.books.library import somebody
from tests.livrya.accounts.people import person

__all__ = ["acts", "reported", "staff"]


@pytest.fixture
def staff() -> User:
    return person("keeper", is_staff=True, is_superuser=True)


def reported(kind: str, target_id: int, by: User | None = None, reason: str = "It is rude.") -> Report:
    return report(actor=by or somebody(), kind=kind, target_id=target_id, reason=reason)


def acts() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("id").values_list("act", "target"))
