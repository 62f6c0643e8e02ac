"""The API's answers where no view of it was reached."""

import json

import pytest
from django.test import RequestFactory

from livrya.kit.api.outside import in_json, is_of_the_api
from realtime.errors import CATALOGUE, NotFound, RateLimited

pytestmark = pytest.mark.either_database


@pytest.mark.parametrize(
    ("path", "of_the_api"), [("/api/v1/books/", True), ("/api/nonsense", True), ("/apiary/", False), ("/books/", False)]
)
def test_what_is_for_the_api_is_known_by_its_address(path: str, of_the_api: bool) -> None:
    assert is_of_the_api(RequestFactory().get(path)) is of_the_api


def test_a_refusal_has_the_apis_shape_and_its_status() -> None:
    answer = in_json(NotFound("There is no such page."))
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    said = json.loads(answer.content)
    assert (said["code"], said["message"], said["retryable"]) == ("NOT_FOUND", "There is no such page.", False)
    assert in_json(RateLimited(retry_after_ms=1000)).status_code == 429
    assert said["code"] in CATALOGUE
