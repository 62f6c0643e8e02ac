"""What fields are called and look like on the wire, and what they take."""

from datetime import UTC, datetime
from typing import Any

import pytest
from rest_framework import serializers

from livrya.accounts.models import Follow, User
from livrya.kit.api.fields import (
    LARGEST_ID,
    IdField,
    LineField,
    ModelSerializer,
    Serializer,
    TextField,
    TimeField,
    camel,
    unix_ms,
    unix_now_ms,
)

pytestmark = pytest.mark.either_database

MOMENT = datetime(2026, 1, 1, 12, 0, 0, 1500, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "wire"), [("id", "id"), ("display_name", "displayName"), ("sha_256", "sha256"), ("a_b_c", "aBC")]
)
def test_a_name_is_written_as_the_wire_writes_it(name: str, wire: str) -> None:
    assert camel(name) == wire


def test_a_moment_is_in_unix_milliseconds_both_ways() -> None:
    sent = TimeField().to_representation(MOMENT)
    assert sent == unix_ms(MOMENT) == 1767268800002
    assert TimeField().to_internal_value(sent) == MOMENT.replace(microsecond=2000)
    assert abs(unix_now_ms() - unix_ms(datetime.now(UTC))) < 60_000


@pytest.mark.parametrize("given", [-1, True, 1.5, "1", None, [], 253_402_300_800_000, 10**30])
def test_what_is_no_moment_is_refused(given: object) -> None:
    with pytest.raises(serializers.ValidationError):
        TimeField().to_internal_value(given)


@pytest.mark.parametrize(("given", "fits"), [(1, True), (LARGEST_ID, True), (0, False), (-1, False), (2**63, False)])
def test_an_id_fits_a_key(given: int, fits: bool) -> None:
    if fits:
        assert IdField().run_validation(given) == given
    else:
        with pytest.raises(serializers.ValidationError):
            IdField().run_validation(given)


def test_words_are_cleaned_and_what_is_nothing_then_is_refused() -> None:
    assert LineField().run_validation("Ada\u202e \n L.") == "Ada L."
    assert TextField().run_validation("one\r\n\n\n\ntwo\u202e") == "one\n\ntwo"
    for field in (LineField, TextField):
        with pytest.raises(serializers.ValidationError):
            field().run_validation("\u202e")
        assert field(allow_blank=True).run_validation("\u202e") == ""


class Given(Serializer):
    display_name = LineField(max_length=5)
    said_by = serializers.SerializerMethodField()

    def get_said_by(self, thing: Any) -> str:
        return "ada"


class Shown(ModelSerializer):
    class Meta:
        model = Follow
        fields = ("follower", "created_at")


def test_fields_are_taken_shown_and_refused_by_their_wire_names() -> None:
    taken = Given(data={"displayName": "Ada"})
    assert taken.is_valid()
    assert taken.validated_data == {"display_name": "Ada"}
    assert Given({"display_name": "Ada"}).data == {"displayName": "Ada", "saidBy": "ada"}
    refused = Given(data={"display_name": "Ada", "displayName": "Lovelace"})
    assert not refused.is_valid()
    assert set(refused.errors) == {"displayName"}


def test_moments_of_models_are_in_milliseconds_too_and_others_are_named_by_id() -> None:
    follow = Follow(follower=User(pk=7), created_at=MOMENT)
    assert Shown(follow).data == {"follower": 7, "createdAt": unix_ms(MOMENT)}
