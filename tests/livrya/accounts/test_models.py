"""What the database keeps of people: names, and who follows or keeps away whom."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from livrya.accounts.models import Block, Follow, LoginSession, Mute, User, avatar_path
from livrya.accounts.sessions import SessionStore
from tests.livrya.accounts.people import PASSWORD, person

pytestmark = pytest.mark.django_db


def test_usernames_are_found_whatever_their_case() -> None:
    ada = person("Ada")
    assert User.objects.get_by_natural_key("aDa") == ada


def test_the_admin_checks_a_name_as_signing_up_does() -> None:
    with pytest.raises(ValidationError):
        User(username="а").full_clean(exclude=["password"])


def test_a_superuser_gets_no_name_that_looks_like_anothers() -> None:
    person("ines")
    with pytest.raises(ValidationError, match="looks like"):
        User.objects.create_superuser("In.es", password=PASSWORD)
    assert User.objects.create_superuser("root", password=PASSWORD).is_superuser


def test_nor_one_like_that_of_an_older_account_which_shares_its_own() -> None:
    person("sup.port", folded_as_another=True)
    with pytest.raises(ValidationError, match="looks like"):
        User.objects.create_superuser("support", password=PASSWORD)


def test_a_superuser_whose_name_somebody_takes_meanwhile_is_refused_the_same(monkeypatch) -> None:
    person("ines")
    monkeypatch.setattr(User.objects, "looks_like_another", lambda username: False)
    with pytest.raises(ValidationError, match="looks like"):
        User.objects.create_superuser("INES", password=PASSWORD)


def test_people_are_called_as_they_like_and_else_by_their_name() -> None:
    assert str(User(username="ada")) == "ada"
    assert str(User(username="ada", display_name="Ada L.")) == "Ada L."


def test_each_picture_has_a_path_of_its_own_and_nothing_of_what_it_was_called() -> None:
    one, other = (avatar_path(User(pk=7), "../holiday.php") for _ in range(2))
    assert one != other
    assert re.fullmatch(r"avatars/7/[\w-]+\.webp", one)


@pytest.mark.parametrize("kind", [Follow, Block, Mute])
def test_nobody_does_it_to_somebody_twice_or_to_themselves(kind: type) -> None:
    ada, bob = person("ada"), person("bob")
    one, other = [field.name for field in kind._meta.fields if field.related_model is User]
    said = str(kind.objects.create(**{one: ada, other: bob}))
    assert said.startswith(f"{ada.pk} ")
    assert said.endswith(f" {bob.pk}")
    for pair in ({one: ada, other: bob}, {one: ada, other: ada}):
        with pytest.raises(IntegrityError), transaction.atomic():
            kind.objects.create(**pair)


def test_a_session_is_named_where_its_key_must_not_be_seen() -> None:
    assert (
        LoginSession.fingerprint_of("key") == LoginSession.fingerprint_of("key") != LoginSession.fingerprint_of("kez")
    )
    assert len(LoginSession.fingerprint_of("key")) <= LoginSession._meta.get_field("fingerprint").max_length
    assert LoginSession.get_session_store_class() is SessionStore
