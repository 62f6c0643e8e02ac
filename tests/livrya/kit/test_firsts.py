"""The first rows of each of many, in one query."""

import pytest

from livrya.accounts.models import Follow, User
from livrya.kit.firsts import first_of_each, grouped

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]


def test_everybody_has_their_own_first_rows_in_order(django_assert_num_queries) -> None:
    people = User.objects.bulk_create(User(username=f"reader{number}") for number in range(8))
    for number, person in enumerate(people[:4]):
        Follow.objects.bulk_create(Follow(follower=person, followed=people[-1 - place]) for place in range(number))
    asked = Follow.objects.filter(follower__in=people)
    with django_assert_num_queries(1):
        found = grouped(
            first_of_each(asked, "follower", order=("-id",), most=2).values_list("follower_id", "followed_id")
        )
    alone = {
        person.pk: list(asked.filter(follower=person).order_by("-id").values_list("followed_id", flat=True)[:2])
        for person in people
    }
    assert found == {pk: followed for pk, followed in alone.items() if followed}
    assert len(found) == 3
