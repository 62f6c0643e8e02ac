"""Paragraphs by id, and bitmasks: on the wire lists of names in small letters."""

import pytest
from rest_framework.exceptions import ValidationError

from books.api.serializers.fields import ParagraphField, RightsField, WarningsField
from books.models import ContentWarning, Right

pytestmark = pytest.mark.either_database


def test_every_bit_has_its_name_both_ways() -> None:
    assert WarningsField().to_representation(ContentWarning.VIOLENCE | ContentWarning.ABUSE) == ["violence", "abuse"]
    assert WarningsField().to_representation(0) == []
    for field, flags in ((WarningsField(), ContentWarning), (RightsField(), Right)):
        for flag in flags:
            [name] = field.to_representation(int(flag))
            assert field.to_internal_value([name]) == flag


def test_a_name_that_is_said_twice_counts_once() -> None:
    assert WarningsField().to_internal_value(["death", "violence", "death"]) == 3


@pytest.mark.parametrize("given", ["death", ["DEATH"], ["odd"], [1], [["death"]], {"death": True}, None, 3])
def test_what_is_no_list_of_known_names_is_refused(given: object) -> None:
    with pytest.raises(ValidationError):
        WarningsField().to_internal_value(given)


@pytest.mark.parametrize("given", ["0123456789ab", "a" * 8, "a" * 16])
def test_an_id_of_a_paragraph_is_taken(given: str) -> None:
    assert ParagraphField().run_validation(given) == given


@pytest.mark.parametrize(
    "given", ["", "a" * 7, "a" * 17, "A" * 12, "\u0663" * 12, "\x00" * 12, 3, True, None, ["a" * 12]]
)
def test_what_can_be_no_paragraph_is_refused(given: object) -> None:
    with pytest.raises(ValidationError):
        ParagraphField().run_validation(given)
