"""The words that the site's own addresses use where names of people's things may be."""

import pytest

from livrya.kit.addresses import taken_words

pytestmark = pytest.mark.either_database


def test_a_word_beside_a_books_name_is_taken_and_one_elsewhere_is_not() -> None:
    taken = taken_words("slug")
    assert "new" in taken
    assert not {"", "sign-in", "api"} & taken


def test_where_nothing_is_named_so_no_word_is_taken() -> None:
    assert taken_words("nothing_of_that_name") == frozenset()
