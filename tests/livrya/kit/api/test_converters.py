"""What is an id in a path or a parameter, and what is a name."""

import re

import pytest

from livrya.kit.api.converters import IdConverter, UsernameConverter, read_id

pytestmark = pytest.mark.either_database


@pytest.mark.parametrize("number", [1, 9, 10, 2**63 - 1])
def test_an_id_is_what_a_key_can_be(number: int) -> None:
    assert read_id(str(number)) == number
    assert IdConverter().to_url(number) == str(number)


@pytest.mark.parametrize("given", ["", "0", "01", "-1", "1.0", "1e3", " 1", "1\n", "٣", "1_0", str(2**63), "9" * 20])
def test_nothing_else_is_one(given: str) -> None:
    assert read_id(given) is None


def test_a_number_beyond_every_key_is_no_address() -> None:
    with pytest.raises(ValueError, match="9223372036854775808"):
        IdConverter().to_python(str(2**63))


@pytest.mark.parametrize(
    ("name", "fits"),
    [("ada", True), ("Ada.L+x@y-z_1", True), (".ada", False), ("ада", False), ("a" * 150, True), ("a" * 151, False)],
)
def test_a_name_is_what_accounts_may_be_called(name: str, fits: bool) -> None:
    assert bool(re.fullmatch(UsernameConverter.regex, name)) is fits
    assert UsernameConverter().to_python(UsernameConverter().to_url(name)) == name
