"""JSON that breaks parsers: deep, endless, in odd encodings."""

import pytest
from django.test import Client

from tests.livrya.accounts.people import person

pytestmark = pytest.mark.django_db


DEEP = [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000]


DIGITS = "9" * 5_000


@pytest.mark.parametrize("body", [*DEEP, b'{"bookId": ' + DIGITS.encode() + b"}", b'"\\ud800"', b"\xff", b"\x00"])
@pytest.mark.parametrize("address", ["/api/v1/auth/token/", "/api/v1/me/", "/api/v1/books/"])
def test_no_json_is_an_error_of_ours(address: str, body: bytes) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(person("ada"))
    method = client.patch if address.endswith("/me/") else client.post
    answer = method(address, body, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert answer.json()["code"] in ("VALIDATION", "FORBIDDEN", "UNAUTHENTICATED")
