"""Headers and cookies that anybody can send, or a sibling domain can set: a page answers, and never with an error."""

import pytest
from django.conf import settings
from django.test import Client

from tests.livrya.site.pages.conftest import Library, signed_in

COOKIES = [
    r'sessionid="\000\000aaaaaaaa"',
    r'sessionid="\377\376aaaaaaaa"',
    "sessionid=" + "a" * 5000,
    "sessionid=../../../etc/passwd",
    r'csrftoken="\000"',
    "csrftoken=" + "é" * 40,
    r'messages="\000"; messages=W10:1:x',
    r'appearance="\000"; appearance=theme%3Dnight%00',
    "appearance=" + "a&" * 5000,
    "a(b=1; =; ;;",
]


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", COOKIES)
def test_no_cookie_is_an_error_of_ours(cookie: str, library: Library) -> None:
    for path in ("/", "/sign-in/", f"/books/{library.book.slug}/", "/api/v1/books/"):
        assert Client().get(path, headers={"cookie": cookie}).status_code == 200
    assert Client().post("/sign-in/", {}, headers={"cookie": cookie}).status_code == 200


@pytest.mark.django_db
def test_no_cookie_beside_it_ends_a_sign_in(library: Library) -> None:
    client = signed_in(library.reader)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    for beside in ("a(b=1", "foo[bar]=1", "\u00ff=1", "=", 'a="'):
        answer = Client().get("/settings/", headers={"cookie": f"{beside}; sessionid={key}"})
        assert answer.status_code == 200
