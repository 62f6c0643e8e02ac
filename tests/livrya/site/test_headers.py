"""What answers say to browsers and caches, at every edge."""

from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from livrya.accounts.models import User
from tests.books import library
from tests.livrya.accounts.people import PASSWORD, browser, person
from tests.realtime.doors.plain_http import ask
from tests.realtime.halls import hub

__all__ = ["hub"]


def said(answer: object) -> tuple[str, str]:
    headers = answer.headers  # type: ignore[attr-defined]  # both kinds of answers have them
    return headers["cache-control"], headers["x-content-type-options"]


@pytest.mark.django_db
def test_no_page_or_answer_of_the_api_is_kept_for_others() -> None:
    cache.clear()  # where tries to sign in are counted
    book = library.book()
    library.chapter(book)
    ada: User = person("ada")
    page = browser(ada).get("/settings/")
    assert said(page) == ("private, no-cache", "nosniff")
    assert "camera=()" in page.headers["permissions-policy"]
    for address in ("/", f"/books/{book.slug}/", f"/books/{book.slug}/1/", "/nowhere/"):
        assert said(Client().get(address))[0] == "private, no-cache", address
    signed_in = browser().post("/api/v1/auth/token/", {"username": "ada", "password": PASSWORD}, format="json")
    assert (signed_in.status_code, said(signed_in)[0]) == (200, "private, no-store")
    refreshed = browser().post("/api/v1/auth/token/refresh/", {"refresh": signed_in.json()["refresh"]}, format="json")
    assert (refreshed.status_code, said(refreshed)[0]) == (200, "private, no-store")
    for answer in (
        browser(ada).post("/api/v1/auth/ticket/"),
        browser(ada).get("/api/v1/me/"),
        Client().get("/api/v1/x"),
    ):
        assert said(answer) == ("private, no-store", "nosniff")


@pytest.mark.django_db
def test_what_may_be_kept_says_so_itself(settings: object, tmp_path: Path) -> None:
    (tmp_path / "cover.webp").write_bytes(b"x")
    with override_settings(MEDIA_ROOT=str(tmp_path)):
        assert Client().get("/media/cover.webp").headers["cache-control"] == "public, max-age=86400"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("address", "body", "status"),
    [
        ("/socket.io/?EIO=4&transport=polling", None, 200),
        ("/socket.io/?EIO=3&transport=polling", None, 400),
        ("/socket.io/?EIO=4&transport=polling&sid=x", b"4", 400),
        ("/events/?rooms=hall:1", None, 200),
        ("/events/", None, 400),
        ("/events/?rooms=vault:1", None, 401),
    ],
)
async def test_nor_is_any_answer_of_a_door(hub: object, address: str, body: bytes | None, status: int) -> None:
    answer = await ask(address, body, until=b"session:ready")
    assert answer.status == status
    assert said(answer) == ("no-store", "nosniff")


@pytest.mark.django_db(transaction=True)
async def test_nor_a_refusal_before_any_door(hub: object) -> None:
    from django.conf import settings

    with override_settings(REALTIME=settings.REALTIME | {"REQUIRE_TLS": True}):
        answer = await ask("/events/?rooms=hall:1")
    assert (answer.status, *said(answer)) == (403, "no-store", "nosniff")
