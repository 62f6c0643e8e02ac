"""Lists in pages."""

import pytest

from livrya.accounts.models import Follow
from livrya.accounts.services import following
from tests.livrya.accounts.people import browser, person

pytestmark = pytest.mark.django_db


def test_pages_follow_each_other_without_gap_or_repetition_while_the_list_grows() -> None:
    ada = person("ada")
    for number in range(7):
        following.follow(actor=person(f"reader{number}"), user=ada)
    seen, cursor = [], ""
    while cursor is not None:
        answer = browser().get(f"/api/v1/people/ada/followers/?limit=3&cursor={cursor}").json()
        seen += [row["person"]["username"] for row in answer["results"]]
        cursor = answer["next"]
        following.follow(actor=person(f"late{len(seen)}"), user=ada)
    assert seen == [f"reader{number}" for number in range(6, -1, -1)]


def test_the_number_of_queries_of_a_list_does_not_depend_on_its_length(django_assert_num_queries) -> None:
    ada = person("ada")
    for number in range(5):
        following.follow(actor=person(f"reader{number}"), user=ada)
    client = browser()
    for limit in (1, 5):
        with django_assert_num_queries(2):
            client.get(f"/api/v1/people/ada/followers/?limit={limit}")
    assert Follow.objects.count() == 5
