"""Who is behind a request to the API, and how long a sign-in lasts there."""

from datetime import timedelta

import pytest
from rest_framework_simplejwt.tokens import AccessToken

from livrya.accounts.models import LoginSession
from livrya.accounts.services import tokens
from tests.livrya.accounts.people import PASSWORD, browser, person, program

pytestmark = pytest.mark.django_db


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
