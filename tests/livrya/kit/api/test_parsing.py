"""JSON that breaks parsers: deep, endless, in odd encodings."""

import io
from typing import Any

import pytest
from django.test import Client
from rest_framework.exceptions import ParseError

from livrya.kit.api.parsing import Json
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


def parsed(body: bytes) -> Any:
    return Json().parse(io.BytesIO(body))


def test_what_is_json_is_taken_and_halves_of_pairs_are_not() -> None:
    assert parsed('{"a": ["é", 1, null]}'.encode()) == {"a": ["é", 1, None]}
    assert parsed(b'"\\ud83d\\ude00"') == "\U0001f600"
    "".join(parsed(b'"a\\ud800b"')).encode()


@pytest.mark.parametrize("body", [*DEEP[:2], b"", b"{", b"\xff", '"é"'.encode("utf-16"), '"é"'.encode("latin-1")])
def test_whatever_is_none_is_refused_as_such(body: bytes) -> None:
    with pytest.raises(ParseError):
        parsed(body)
