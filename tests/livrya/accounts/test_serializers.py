"""What of people the API shows and takes."""

from typing import Any

import pytest
from rest_framework.serializers import BaseSerializer

from livrya.accounts.api.serializers import (
    AccountSerializer,
    BlockedSerializer,
    FollowedSerializer,
    FollowerSerializer,
    MutedSerializer,
    PersonSerializer,
    ProfileChangeSerializer,
    SignUpSerializer,
    signed_in,
    token_pair,
)
from livrya.accounts.models import Block, Follow, Mute, User
from livrya.accounts.services.tokens import TokenPair

pytestmark = pytest.mark.either_database

ADA, BOB = User(pk=1, username="ada", email="ada@example.org"), User(pk=2, username="bob", display_name="Bob B.")


def test_others_see_a_name_and_no_address() -> None:
    assert PersonSerializer(ADA).data == {"id": 1, "username": "ada", "displayName": "ada", "avatar": None}


def test_ones_own_account_says_what_one_has_filled_in() -> None:
    shown = AccountSerializer(ADA).data
    assert (shown["displayName"], shown["email"], shown["hideTyping"]) == ("", "ada@example.org", False)
    assert "password" not in shown


@pytest.mark.parametrize(
    ("serializer", "row", "shown"),
    [
        (FollowerSerializer, Follow(follower=ADA, followed=BOB), "ada"),
        (FollowedSerializer, Follow(follower=ADA, followed=BOB), "bob"),
        (BlockedSerializer, Block(blocker=ADA, blocked=BOB), "bob"),
        (MutedSerializer, Mute(muter=ADA, muted=BOB), "bob"),
    ],
)
def test_a_list_shows_the_other_one(serializer: type[BaseSerializer[Any]], row: object, shown: str) -> None:
    assert serializer(row).data["person"]["username"] == shown


def taken(serializer: type[BaseSerializer[Any]], **given: object) -> tuple[dict[str, Any], set[str]]:
    """Returns what a service would get, and the names of what was refused."""
    said = serializer(data=given)
    return (dict(said.validated_data), set()) if said.is_valid() else ({}, set(said.errors))


def test_a_password_is_taken_as_it_is_and_the_rest_may_be_left_out() -> None:
    given, refused = taken(SignUpSerializer, username="ada", password=" spaces ", displayName="Ada\u202e  L.")
    assert refused == set()
    assert given == {"username": "ada", "password": " spaces ", "email": "", "display_name": "Ada L."}


def test_what_is_too_long_or_no_address_is_refused_by_its_wire_name() -> None:
    _, refused = taken(ProfileChangeSerializer, displayName="x" * 81, bio="x" * 1251, email="nowhere")
    assert refused == {"displayName", "bio", "email"}
    assert taken(ProfileChangeSerializer, bio="")[0] == {"bio": ""}


def test_who_signs_in_gets_the_pair_and_who_they_are() -> None:
    pair = TokenPair("a", "r", 5)
    assert token_pair(pair) == {"access": "a", "refresh": "r", "accessExpiresAt": 5}
    assert signed_in(BOB, pair) == token_pair(pair) | {"person": dict(PersonSerializer(BOB).data)}
