"""Every refusal of the API has the one shape, whatever raised it."""

import pytest
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, ValidationError
from django.db import OperationalError

from livrya.kit.api.errors import as_application_error
from realtime.errors import Unavailable
from tests.livrya.accounts.people import browser, person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("get", "/api/v1/nonsense/", 404, "NOT_FOUND"),
        ("post", "/api/v2/", 404, "NOT_FOUND"),
        ("get", "/api/v1/people/nobody/", 404, "NOT_FOUND"),
        ("get", "/api/v1/people/a%00b/", 404, "NOT_FOUND"),
        ("get", "/api/v1/people/%D0%B0da/", 404, "NOT_FOUND"),
        ("get", "/api/v1/me/", 401, "UNAUTHENTICATED"),
        ("get", "/api/v1/auth/token/", 405, "VALIDATION"),
        ("get", "/api/v1/people/ada/followers/?cursor=nonsense", 400, "VALIDATION"),
        ("get", "/api/v1/people/ada/followers/?cursor=WzFd.", 400, "VALIDATION"),
        ("get", "/api/v1/people/ada/followers/?cursor=WyJhIl0", 400, "VALIDATION"),
        ("get", "/api/v1/people/ada/followers/?cursor=Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OV0", 400, "VALIDATION"),
        ("get", "/api/v1/people/ada/followers/?limit=0", 400, "VALIDATION"),
        ("get", "/api/v1/people/ada/followers/?limit=101", 400, "VALIDATION"),
        ("get", "/api/v1/people/ada/followers/?limit=%D9%A3", 400, "VALIDATION"),
    ],
)
def test_every_refusal_has_the_one_shape(method: str, address: str, status: int, code: str) -> None:
    person("ada")
    answer = getattr(browser(), method)(address)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["code"] == code
    assert answer.json()["retryable"] is False


def test_a_refused_field_gets_its_sentence_under_its_wire_name() -> None:
    answer = browser(person("ada")).patch("/api/v1/me/", {"displayName": "x" * 81, "email": "nowhere"})
    assert answer.status_code == 400
    assert set(answer.json()["details"]["fields"]) == {"displayName", "email"}


def test_an_unknown_media_type_is_refused_as_such() -> None:
    answer = browser(person("ada")).generic("PATCH", "/api/v1/me/", b"a=1", "text/plain")
    assert (answer.status_code, answer.json()["code"]) == (415, "VALIDATION")


@pytest.mark.parametrize(
    ("exception", "code"),
    [
        (OperationalError("canceling statement due to lock timeout"), "UNAVAILABLE"),
        (ValidationError({"title": ["Too long.", "Too dull."]}), "VALIDATION"),
        (ValidationError("No."), "VALIDATION"),
        (RequestDataTooBig(), "TOO_LARGE"),
        (TooManyFieldsSent(), "VALIDATION"),
        (Unavailable(retry_after_ms=1500), "UNAVAILABLE"),
    ],
)
def test_exceptions_from_below_become_refusals(exception: Exception, code: str) -> None:
    error = as_application_error(exception)
    assert error is not None
    assert error.code == code


def test_a_defect_stays_a_defect() -> None:
    assert as_application_error(ZeroDivisionError()) is None
