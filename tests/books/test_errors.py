"""Refusals that only the library knows: their codes are what clients act on."""

import pytest

from books.errors import BrokenFile, CommentsLocked, NotOpenedYet, VersionConflict, invalid
from realtime.errors import CATALOGUE, ValidationFailed

pytestmark = pytest.mark.either_database


def test_the_refusal_of_a_field_names_it_as_forms_and_the_api_show_it():
    refused = invalid("title", "This must not be empty.")
    assert isinstance(refused, ValidationFailed)
    assert str(refused) == "This must not be empty."
    assert refused.as_dict()["details"] == {"fields": {"title": "This must not be empty."}}


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (VersionConflict, "VERSION_CONFLICT", 409),
        (CommentsLocked, "COMMENTS_LOCKED", 403),
        (NotOpenedYet, "NOT_OPENED_YET", 403),
        (BrokenFile, "BROKEN_FILE", 400),
    ],
)
def test_codes_stay_what_clients_know(error, code, status):
    assert CATALOGUE[code] is error
    assert error.http_status == status
    assert not error.retryable
