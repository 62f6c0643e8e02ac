"""Tokens: good for one rotation, ended as a family."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework_simplejwt.tokens import AccessToken

import realtime
from livrya.accounts.models import TokenFamily
from livrya.accounts.services import access, tokens
from livrya.kit.api.fields import unix_now_ms
from realtime.errors import TokenExpired, Unauthenticated
from realtime.sessions import tickets
from realtime.testing.capture import capture_events
from tests.livrya.accounts.people import PASSWORD, browser, person, program
from tests.livrya.accounts.sign_ins import door, revocations

pytestmark = pytest.mark.django_db


def test_a_refresh_token_is_no_access_token() -> None:
    pair = tokens.issue(user=person("ada"))
    with pytest.raises(Unauthenticated):
        door.from_token(pair.refresh)
    with pytest.raises(Unauthenticated):
        tokens.rotate(refresh=pair.access)


def test_an_expired_token_says_so(monkeypatch) -> None:
    monkeypatch.setattr(AccessToken, "lifetime", timedelta(seconds=-1))
    pair = tokens.issue(user=person("ada"))
    with pytest.raises(TokenExpired):
        door.from_token(pair.access)


def test_rotation_keeps_the_credential_and_revoking_ends_it() -> None:
    ada = person("ada")
    first = tokens.issue(user=ada)
    before = door.from_token(first.access)
    with capture_events() as captured:
        second = tokens.rotate(refresh=first.refresh)
    assert captured.events == []
    after = door.from_token(second.access)
    assert after.credential == before.credential
    assert door.still_valid([before, after]) == [True, True]
    with capture_events() as captured:
        tokens.revoke(refresh=second.refresh)
        tokens.revoke(refresh=second.refresh)
    assert revocations(captured, ada) == [(before.credential, "signed out")]
    assert door.still_valid([before, after]) == [False, False]


def test_a_client_that_lost_the_answer_may_rotate_again() -> None:
    first = tokens.issue(user=person("ada"))
    second = tokens.rotate(refresh=first.refresh)
    again = tokens.rotate(refresh=first.refresh)
    tokens.rotate(refresh=second.refresh)
    tokens.rotate(refresh=again.refresh)


def test_a_copied_refresh_token_ends_the_family() -> None:
    ada = person("ada")
    first = tokens.issue(user=ada)
    second = tokens.rotate(refresh=first.refresh)
    identity = door.from_token(second.access)
    TokenFamily.objects.update(rotated_at=timezone.now() - timedelta(seconds=31))
    with capture_events() as captured, pytest.raises(Unauthenticated):
        tokens.rotate(refresh=first.refresh)
    assert revocations(captured, ada) == [(identity.credential, "token reused")]
    with pytest.raises(Unauthenticated):
        tokens.rotate(refresh=second.refresh)


def test_expired_families_are_pruned() -> None:
    tokens.issue(user=person("ada"))
    TokenFamily.objects.update(expires_at=timezone.now() - timedelta(days=1))
    tokens.issue(user=person("bob"))
    assert tokens.prune() == 1
    assert TokenFamily.objects.get().user.username == "bob"


def test_signing_in_for_tokens_starts_no_session() -> None:
    person("ada")
    client = Client()
    answer = client.post("/api/v1/auth/token/", {"username": "ada", "password": PASSWORD}, "application/json")
    assert answer.status_code == 200
    assert not client.cookies


def test_a_program_signs_up_in_and_on_over_the_api() -> None:
    client = browser()
    given = {"username": "ada", "password": PASSWORD}
    made = client.post("/api/v1/auth/sign-up/", given, format="json")
    assert (made.status_code, made.json()["person"]["username"]) == (201, "ada")
    signed = client.post("/api/v1/auth/token/", given, format="json").json()
    assert program(signed["access"]).get("/api/v1/me/").status_code == 200
    # Whose access token has run out comes for a new one with it.
    late = program("a.b.c")
    fresh = late.post("/api/v1/auth/token/refresh/", {"refresh": signed["refresh"]}, format="json")
    assert set(fresh.json()) == {"access", "refresh", "accessExpiresAt"}
    ended = late.post("/api/v1/auth/token/revoke/", {"refresh": fresh.json()["refresh"]}, format="json")
    assert ended.status_code == 204
    assert program(fresh.json()["access"]).get("/api/v1/me/").status_code == 401


def test_a_ticket_is_for_who_asks_and_says_until_when() -> None:
    ada = person("ada", display_name="Ada L.", is_staff=True)
    answer = program(tokens.issue(user=ada).access).post("/api/v1/auth/ticket/").json()
    identity = tickets.redeem(answer["ticket"])
    assert (identity.user_id, identity.display_name, identity.is_staff) == (ada.pk, "Ada L.", True)
    assert 0 < answer["expiresAt"] - unix_now_ms() <= realtime.TICKET_LIFETIME_MS
    assert browser().post("/api/v1/auth/ticket/").status_code == 401


def test_a_ticket_ends_with_the_sign_in_that_it_was_given_to() -> None:
    ada = person("ada")
    for enter in (browser, lambda user: program(tokens.issue(user=user).access)):
        client = enter(ada)
        identity = tickets.redeem(client.post("/api/v1/auth/ticket/").json()["ticket"])
        assert identity.user_id == ada.pk
        assert door.still_valid([identity]) == [True]
        access.sign_out_everywhere(actor=ada, user=ada)
        assert door.still_valid([identity]) == [False]
