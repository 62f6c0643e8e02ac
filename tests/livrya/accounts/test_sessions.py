"""Sessions of browsers: whose they are, and that their sockets end with them."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from livrya.accounts.models import LoginSession
from livrya.accounts.sessions import SessionStore, credential, may_be_key
from realtime.identity import ANONYMOUS
from realtime.testing.capture import capture_events
from tests.livrya.accounts.people import person
from tests.livrya.accounts.sign_ins import door, revocations, signed_in

pytestmark = pytest.mark.django_db


def test_signing_out_ends_the_sockets_of_that_session_alone() -> None:
    ada = person("ada")
    client, here = signed_in(ada)
    _, elsewhere = signed_in(ada)
    with capture_events() as captured:
        client.logout()
    assert revocations(captured, ada) == [(here.credential, "signed out")]
    assert door.still_valid([here, elsewhere, ANONYMOUS]) == [False, True, True]


def test_ending_a_session_of_nobody_revokes_nothing() -> None:
    client = Client()
    session = client.session
    session["colour"] = "sepia"
    session.save()
    with capture_events() as captured:
        session.flush()
    assert captured.events == []
    assert not LoginSession.objects.exists()


def test_a_session_knows_whose_it_is_from_sign_in_on() -> None:
    ada = person("ada")
    client = Client()
    client.force_login(ada)
    row = LoginSession.objects.get()
    assert row.user == ada
    assert client.session[SESSION_KEY] == str(ada.pk)


@pytest.mark.parametrize("key", ["", "unknown", "a\x00b", "x" * 5000, "é"])
def test_an_unknown_session_key_is_nobody(key: str) -> None:
    assert door.from_session(key) == ANONYMOUS


def test_a_key_is_known_to_sockets_by_a_name_that_does_not_open_it() -> None:
    key = "abc123"
    assert credential(key) == credential(key) != credential("abc124")
    assert credential(key).startswith("session:")
    assert key not in credential(key)


@pytest.mark.parametrize("text", ["", "abc 123 def", "abc123\0def", "abcdéfgh"])
def test_what_can_be_no_key_is_not_looked_for(text: str) -> None:
    assert not may_be_key(text)
    assert SessionStore(text).session_key is None
    assert SessionStore("abc123def").session_key == "abc123def"
