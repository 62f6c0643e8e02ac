"""Pages by cursor: every row once, whatever the order and however many rows are alike in it."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from livrya.accounts.models import User
from livrya.kit.cursors import page
from realtime.errors import ValidationFailed

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 1, 12, 0, 0, 123456, UTC)


@pytest.fixture
def crowd() -> list[User]:
    return User.objects.bulk_create(
        User(
            username=f"reader{number}",
            display_name=["", "Zoë", "“quoted”"][number % 3],
            date_joined=NOW + timedelta(microseconds=number // 4),
        )
        for number in range(12)
    )


@pytest.mark.parametrize(
    "order",
    [
        ("id",),
        ("-id",),
        ("username",),
        ("-date_joined", "-id"),
        ("date_joined", "-id"),
        ("display_name", "-date_joined", "id"),
        ("-display_name", "date_joined", "-id"),
    ],
)
@pytest.mark.usefixtures("crowd")
def test_the_pages_together_are_the_list(order: tuple[str, ...]) -> None:
    paged: list[int] = []
    cursor = None
    for _ in range(10):
        found = page(User.objects.all(), order, cursor=cursor, limit=5)
        paged += [user.pk for user in found.rows]
        cursor = found.next
        if cursor is None:
            break
    assert paged == list(User.objects.order_by(*order).values_list("pk", flat=True))


@pytest.mark.usefixtures("crowd")
def test_a_page_that_ends_the_list_has_no_next() -> None:
    assert page(User.objects.all(), ("id",), cursor=None, limit=12).next is None
    assert page(User.objects.none(), ("id",), cursor=None, limit=12).rows == []


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "é",
        "=",
        "A",
        "a" * 500,
        encoded([]),
        encoded({}),
        encoded([1]),
        encoded(["2026-01-01T00:00:00.000000", "1"]),
        encoded(["2026-01-01T00:00:00.000000", 2**63]),
        encoded(["2026-01-01T00:00:00.000000", 1.5]),
        encoded(["2026-01-01T00:00:00.000000", True]),
        encoded(["yesterday", 1]),
        encoded([1, 1]),
        encoded([None, None]),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
    ],
)
def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(ValidationFailed):
        page(User.objects.all(), ("-date_joined", "-id"), cursor=cursor, limit=5)


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_a_text_that_no_database_takes_is_refused(text: str) -> None:
    with pytest.raises(ValidationFailed):
        page(User.objects.all(), ("username",), cursor=encoded([text]), limit=5)
