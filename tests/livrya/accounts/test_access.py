"""What lets people in, and what ends it."""

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

import realtime
from livrya.accounts.models import LoginSession, TokenFamily, User
from livrya.accounts.services import access, tokens
from realtime.errors import Forbidden, Unauthenticated, ValidationFailed
from realtime.identity import ANONYMOUS, Identity
from realtime.testing.capture import capture_events
from tests.livrya.accounts.people import PASSWORD, person
from tests.livrya.accounts.sign_ins import door, revocations, signed_in

pytestmark = pytest.mark.django_db


def test_a_session_and_a_token_name_their_person() -> None:
    ada = person("ada", is_staff=True)
    client, by_session = signed_in(ada)
    by_token = door.from_token(tokens.issue(user=ada).access)
    assert (by_session.user_id, by_session.username, by_session.is_staff) == (ada.pk, "ada", True)
    assert by_session.expires_at_ms is None
    assert client.session.session_key not in by_session.credential
    assert (by_token.user_id, by_token.is_staff) == (ada.pk, True)
    soon = timezone.now() + timedelta(minutes=20)
    assert by_token.expires_at_ms is not None
    assert timezone.now().timestamp() < by_token.expires_at_ms / 1000 < soon.timestamp()


def test_a_session_that_has_run_out_is_nobody() -> None:
    client, identity = signed_in(person("ada"))
    LoginSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert door.from_session(client.session.session_key or "x") == ANONYMOUS
    assert door.still_valid([identity]) == [False]


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "\x00"])
def test_a_malformed_token_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        door.from_token(token)


def test_a_new_password_ends_every_sign_in() -> None:
    ada = person("ada")
    _, by_session = signed_in(ada)
    pair = tokens.issue(user=ada)
    by_token = door.from_token(pair.access)
    with capture_events() as captured:
        access.change_password(actor=ada, user=ada, old_password=PASSWORD, new_password="another long secret")
    assert revocations(captured, ada) == [(None, "password changed")]
    assert door.still_valid([by_session, by_token]) == [False, False]
    with pytest.raises(Unauthenticated):
        tokens.rotate(refresh=pair.refresh)


def test_a_password_set_past_the_services_ends_sign_ins_too() -> None:
    ada = person("ada")
    client, by_session = signed_in(ada)
    pair = tokens.issue(user=ada)
    by_token = door.from_token(pair.access)
    ada.set_password("another long secret")
    ada.save()
    assert door.still_valid([by_session, by_token]) == [False, False]
    assert door.from_session(client.session.session_key) == ANONYMOUS
    with pytest.raises(Unauthenticated):
        door.from_token(pair.access)


def test_the_old_password_is_asked_for_and_a_weak_new_one_refused() -> None:
    ada = person("ada")
    with pytest.raises(ValidationFailed) as refusal:
        access.change_password(actor=ada, user=ada, old_password="wrong", new_password="another long secret")
    assert set(refusal.value.details["fields"]) == {"oldPassword"}
    with pytest.raises(ValidationFailed) as refusal:
        access.change_password(actor=ada, user=ada, old_password=PASSWORD, new_password="1")
    assert set(refusal.value.details["fields"]) == {"newPassword"}


def test_a_closed_account_lets_nobody_in_until_it_is_opened_again() -> None:
    ada, staff = person("ada"), person("staff", is_staff=True, is_superuser=True)
    _, identity = signed_in(ada)
    with capture_events() as captured:
        access.deactivate(actor=ada, user=ada)
    assert revocations(captured, ada) == [(None, "account closed")]
    assert door.still_valid([identity]) == [False]
    with pytest.raises(Unauthenticated):
        tokens.sign_in(request=RequestFactory().post("/"), username="ada", password=PASSWORD)
    with pytest.raises(Forbidden):
        access.reactivate(actor=ada, user=ada)
    access.reactivate(actor=staff, user=ada)
    assert tokens.sign_in(request=RequestFactory().post("/"), username="ADA", password=PASSWORD)[0] == ada


def test_a_lost_role_makes_the_connection_ask_again() -> None:
    root, staff = person("root", is_superuser=True), person("staff", is_staff=True)
    _, identity = signed_in(staff)
    with capture_events() as captured:
        access.set_role(actor=root, user=staff, is_staff=False, is_superuser=False)
    assert revocations(captured, staff) == [(None, "role changed")]
    assert door.still_valid([identity]) == [False]


def test_only_superusers_change_roles_and_never_their_own() -> None:
    root, staff, ada = person("root", is_superuser=True), person("staff", is_staff=True), person("ada")
    for actor, user in [(staff, ada), (ada, ada), (root, root)]:
        with pytest.raises(Forbidden):
            access.set_role(actor=actor, user=user, is_staff=True, is_superuser=True)


def test_validity_of_many_is_asked_in_two_queries(django_assert_num_queries) -> None:
    identities = []
    for number in range(5):
        somebody = person(f"reader{number}")
        identities += [signed_in(somebody)[1], door.from_token(tokens.issue(user=somebody).access), ANONYMOUS]
    with django_assert_num_queries(2):
        assert door.still_valid(identities) == [True] * 15


def test_many_are_signed_in_in_one_query_and_each_for_itself(django_assert_num_queries) -> None:
    people = [person(f"reader{number}") for number in range(4)]
    access = [tokens.issue(user=somebody).access for somebody in people]
    keys = [signed_in(somebody)[0].session.session_key or "" for somebody in people]
    User.objects.filter(pk=people[1].pk).update(is_active=False)
    TokenFamily.objects.filter(user=people[2]).delete()
    with django_assert_num_queries(1):
        answers = door.from_tokens([*access, "nonsense", access[0]])
    assert [answer.user_id if isinstance(answer, Identity) else type(answer) for answer in answers] == [
        people[0].pk,
        Unauthenticated,
        Unauthenticated,
        people[3].pk,
        Unauthenticated,
        people[0].pk,
    ]
    assert answers[3] == door.from_token(access[3])
    with django_assert_num_queries(1):
        identities = door.from_sessions([*keys, "\0", "unknown"])
    assert [identity.user_id for identity in identities] == [people[0].pk, None, people[2].pk, people[3].pk, None, None]
    assert identities[3] == door.from_session(keys[3])


def test_an_identity_whose_token_has_run_out_is_no_longer_valid() -> None:
    identity = door.from_token(tokens.issue(user=person("ada")).access)
    late = Identity(identity.user_id, "ada", False, identity.credential, expires_at_ms=1)
    assert door.still_valid([late]) == [False]


def test_deleting_an_account_takes_its_sign_ins_along() -> None:
    ada = person("ada")
    _, identity = signed_in(ada)
    tokens.issue(user=ada)
    ada_id = ada.pk
    with capture_events() as captured:
        access.delete_account(actor=None, user=ada)
    assert captured.types(realtime.UserRoom(ada_id)) == ["realtime:revoked"]
    assert door.still_valid([identity]) == [False]
    assert not User.objects.exists()
    assert not TokenFamily.objects.exists()
