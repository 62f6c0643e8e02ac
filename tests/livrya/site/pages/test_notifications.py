"""The list behind the bell, without scripts."""

import pytest
from django.test import Client

from livrya.accounts.services.following import follow
from notifications.models import Notification
from tests.livrya.accounts.people import person
from tests.livrya.site.pages.conftest import signed_in


@pytest.fixture
def told(library):
    """Two notifications of the reader, the newest first."""
    for name in ("ada", "bob"):
        follow(actor=person(name), user=library.reader)
    return list(Notification.objects.order_by("-pk"))


def unread() -> int:
    return Notification.objects.filter(read_at=None).count()


def test_what_happened_is_listed_the_newest_first_and_marked_until_it_is_read(library, told):
    page = signed_in(library.reader).get("/notifications/").content.decode()
    assert page.index("bob follows you.") < page.index("ada follows you.")
    assert page.count("data-unread") >= 2
    assert "follows you." not in signed_in(library.author).get("/notifications/").content.decode()
    assert Client().get("/notifications/").headers["Location"].startswith("/sign-in/")


def test_one_is_read_or_all_and_nobody_elses(library, told):
    client = signed_in(library.reader)
    signed_in(library.author).post("/notifications/")
    client.post("/notifications/", {"id": "nonsense"})
    assert unread() == 2
    answer = client.post("/notifications/", {"id": str(told[0].pk)})
    assert answer.headers["Location"] == "/notifications/"
    assert [row.read_at is None for row in Notification.objects.order_by("-pk")] == [False, True]
    client.post("/notifications/")
    assert unread() == 0
    assert "Mark all as read" in client.get("/notifications/").content.decode()
