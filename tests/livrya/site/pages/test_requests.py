"""What a view knows of its request: a form's number, or none."""

import pytest

from livrya.site.pages.requests import whole_number

pytestmark = pytest.mark.either_database


@pytest.mark.parametrize(("given", "number"), [("7", 7), ("007", 7), ("9" * 15, 10**15 - 1)])
def test_a_number_is_one(given: str, number: int) -> None:
    assert whole_number(given) == number


@pytest.mark.parametrize("given", [None, "", " 7", "-7", "7.0", "1e3", "٣", "²", "9" * 16, "9" * 5_000])
def test_anything_else_is_none(given: str | None) -> None:
    assert whole_number(given) == 0
