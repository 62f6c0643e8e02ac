"""How views take their input."""

import pytest
from rest_framework import serializers
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from livrya.kit.api.reading import body, flag
from realtime.errors import ValidationFailed

pytestmark = pytest.mark.either_database


class Named(serializers.Serializer):
    displayName = serializers.CharField(source="display_name", max_length=3, required=False)  # on the wire
    bio = serializers.CharField(required=False)


def given(**sent: object) -> Request:
    return Request(APIRequestFactory().patch("/", sent, format="json"), parsers=[JSONParser()])


def test_a_body_has_the_services_names_and_what_was_not_sent_is_not_there() -> None:
    assert body(given(displayName="Ada", unknown=1), Named) == {"display_name": "Ada"}


def test_a_body_that_will_not_do_has_a_sentence_for_each_field() -> None:
    with pytest.raises(serializers.ValidationError) as refused:
        body(given(displayName="Lovelace", bio=""), Named)
    assert set(refused.value.detail) == {"displayName", "bio"}


@pytest.mark.parametrize(
    ("query", "said"),
    [("", False), ("mine=true", True), ("mine=TRUE", True), ("mine=1", True), ("mine=false", False), ("mine=0", False)],
)
def test_a_flag_is_true_or_false(query: str, said: bool) -> None:
    assert flag(Request(APIRequestFactory().get(f"/?{query}")), "mine") is said


@pytest.mark.parametrize("word", ["", "yes", "2", " true"])
def test_a_flag_is_nothing_else(word: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        flag(Request(APIRequestFactory().get("/", {"mine": word})), "mine")
    assert refused.value.details == {"fields": {"mine": "Give true or false."}}
