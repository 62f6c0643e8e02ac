"""What a language tag says about how its text runs."""

import pytest

from books.languages import direction

pytestmark = pytest.mark.either_database


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("en", "ltr"), ("ar", "rtl"), ("he-IL", "rtl"), ("az-Arab", "rtl"), ("ur-Latn", "ltr"), ("ja", "ltr")],
)
def test_a_language_tag_says_how_its_text_runs(tag, expected):
    assert direction(tag) == expected
