"""The contracts as pages for people."""

import pytest

from realtime.errors import CATALOGUE, CloseCode
from realtime.exporting.catalogue import Catalogue
from realtime.exporting.markdown import codes, reference
from tests.realtime.exporting.remarks import declared

__all__ = ["declared"]

pytestmark = pytest.mark.either_database


def test_the_reference_names_every_field_and_guarantee(declared: Catalogue) -> None:
    page = reference(declared)
    assert "### `remark:new`" in page
    assert "durable" in page
    assert "takes effect once" in page
    assert "| `remarkId` | `number` | yes |" in page


def test_shapes_that_are_only_a_part_of_others_have_a_place_of_their_own(declared: Catalogue) -> None:
    shapes = reference(declared).partition("## Shapes")[2]
    assert "### Author\n\nWho wrote it.\n\n| field | type | required |" in shapes
    assert "Posted" not in shapes


def test_a_type_with_a_choice_does_not_end_its_cell(declared: Catalogue) -> None:
    assert '| `kind` | `"plain" \\| "spoiler"` | yes |' in reference(declared)


def test_every_code_is_on_the_page_of_codes() -> None:
    page = codes()
    for error in CATALOGUE.values():
        assert f"| `{error.code}` | {error.http_status} | {'yes' if error.retryable else 'no'} |" in page
    assert all(f"| {code.value} | `{code.name}` |" in page for code in CloseCode)
