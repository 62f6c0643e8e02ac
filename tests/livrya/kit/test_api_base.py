"""What every API answers alike: errors in one shape, pages by cursor, a schema, limits."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, ValidationError
from django.db import OperationalError
from rest_framework_simplejwt.tokens import AccessToken

from livrya.accounts.models import Follow, LoginSession
from livrya.accounts.services import access, following, tokens
from livrya.kit.api.errors import as_application_error
from livrya.kit.api.throttles import AnonymousRate
from realtime.errors import CATALOGUE, Unavailable
from tests.livrya.accounts.people import PASSWORD, browser, person, program

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    cache.clear()


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


def test_a_session_without_a_csrf_token_may_not_write() -> None:
    client = browser(person("ada"))
    client.handler.enforce_csrf_checks = True
    answer = client.patch("/api/v1/me/", {"bio": "hello"})
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x", "Bearer é", "bearer a.b.c", "Bearer a b"])
def test_a_malformed_token_is_refused_even_where_nobody_need_be_anybody(header: str) -> None:
    answer = browser().get("/api/v1/people/ada/", HTTP_AUTHORIZATION=header)
    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_token_says_so(monkeypatch) -> None:
    monkeypatch.setattr(AccessToken, "lifetime", timedelta(seconds=-1))
    answer = program(tokens.issue(user=person("ada")).access).get("/api/v1/me/")
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_EXPIRED")


def test_a_token_is_signed_in_until_its_family_ends() -> None:
    ada = person("ada")
    pair = tokens.issue(user=ada)
    client = program(pair.access)
    assert client.get("/api/v1/me/").json()["username"] == "ada"
    tokens.revoke(refresh=pair.refresh)
    assert client.get("/api/v1/me/").status_code == 401


def test_a_browser_stays_signed_in_when_it_changes_the_password() -> None:
    ada = person("ada")
    here, elsewhere = browser(ada), browser(ada)
    given = {"oldPassword": PASSWORD, "newPassword": "another long secret"}
    assert here.post("/api/v1/me/password/", given).status_code == 204
    assert here.get("/api/v1/me/").status_code == 200
    assert elsewhere.get("/api/v1/me/").status_code == 401
    assert LoginSession.objects.count() == 1


def test_a_ticket_ends_with_the_sign_in_that_it_was_given_to() -> None:
    from livrya.accounts.sockets import SocketAuthenticator
    from realtime.sessions import tickets

    ada = person("ada")
    for enter in (browser, lambda user: program(tokens.issue(user=user).access)):
        client = enter(ada)
        identity = tickets.redeem(client.post("/api/v1/auth/ticket/").json()["ticket"])
        assert identity.user_id == ada.pk
        assert SocketAuthenticator().still_valid([identity]) == [True]
        access.sign_out_everywhere(actor=ada, user=ada)
        assert SocketAuthenticator().still_valid([identity]) == [False]


def test_pages_follow_each_other_without_gap_or_repetition_while_the_list_grows() -> None:
    ada = person("ada")
    for number in range(7):
        following.follow(actor=person(f"reader{number}"), user=ada)
    seen, cursor = [], ""
    while cursor is not None:
        answer = browser().get(f"/api/v1/people/ada/followers/?limit=3&cursor={cursor}").json()
        seen += [row["person"]["username"] for row in answer["results"]]
        cursor = answer["next"]
        following.follow(actor=person(f"late{len(seen)}"), user=ada)
    assert seen == [f"reader{number}" for number in range(6, -1, -1)]


def test_the_number_of_queries_of_a_list_does_not_depend_on_its_length(django_assert_num_queries) -> None:
    ada = person("ada")
    for number in range(5):
        following.follow(actor=person(f"reader{number}"), user=ada)
    client = browser()
    for limit in (1, 5):
        with django_assert_num_queries(2):
            client.get(f"/api/v1/people/ada/followers/?limit={limit}")
    assert Follow.objects.count() == 5


def test_too_much_is_answered_with_the_time_to_wait(monkeypatch) -> None:
    monkeypatch.setattr(AnonymousRate, "THROTTLE_RATES", {"anon": "2/min"})
    client = browser()
    assert [client.get("/api/v1/nonsense/").status_code for _ in range(2)] == [404, 404]
    statuses = [client.get("/api/v1/people/ada/") for _ in range(3)]
    last = statuses[-1]
    assert (last.status_code, last.json()["code"], last.json()["retryable"]) == (429, "RATE_LIMITED", True)
    assert 0 < last.json()["retryAfter"] <= 60_000
    assert int(last["Retry-After"]) * 1000 >= last.json()["retryAfter"]


def test_guessing_passwords_is_slow_whatever_address_is_claimed(settings) -> None:
    settings.ACT_LIMITS = {"sign-in": (10, 3600)}  # nothing comes back while the test runs
    person("ada")
    client = browser()
    statuses = [
        client.post(
            "/api/v1/auth/token/",
            {"username": f"ada{number}", "password": "guess"},
            HTTP_X_FORWARDED_FOR=f"10.0.0.{number}",
        ).status_code
        for number in range(11)
    ]
    assert statuses == [401] * 10 + [429]


def test_a_cache_that_is_away_does_not_close_the_door(settings) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    assert browser().get("/api/v1/people/nobody/").status_code == 404


def test_the_schema_documents_the_error_shape_with_every_code() -> None:
    schema = browser().get("/api/v1/schema/").json()
    error = schema["components"]["schemas"]["Error"]
    assert error["properties"]["code"]["enum"] == sorted(CATALOGUE)
    for operations in schema["paths"].values():
        for operation in operations.values():
            assert operation["responses"]["default"]["content"]["application/json"]["schema"] == {
                "$ref": "#/components/schemas/Error"
            }


def test_the_schema_is_made_without_a_warning(capsys) -> None:
    from drf_spectacular.generators import SchemaGenerator
    from drf_spectacular.validation import validate_schema

    schema = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    assert "rror" not in capsys.readouterr().err
    identifiers = [operation["operationId"] for path in schema["paths"].values() for operation in path.values()]
    assert len(identifiers) == len(set(identifiers))


def test_the_documentation_needs_nothing_from_elsewhere() -> None:
    page = browser().get("/api/v1/docs/")
    assert b"//cdn" not in page.content
    assert b"https://" not in page.content
    assert "unsafe-inline" not in page["Content-Security-Policy"].split("script-src")[1].split(";")[0]


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
