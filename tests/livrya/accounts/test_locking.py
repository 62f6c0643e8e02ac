"""The one order in which people are locked."""

import pytest
from django.db import connection
from django.db.transaction import atomic
from django.test.utils import CaptureQueriesContext

from livrya.accounts.services.locking import lock_people
from tests.livrya.accounts.people import person

pytestmark = pytest.mark.django_db


def test_two_who_lock_the_same_people_begin_with_the_same_one() -> None:
    """Else each could have one of the two and wait for the other for ever."""
    ada, bob = person("ada"), person("bob")
    with (
        atomic(),
        CaptureQueriesContext(
            connection,
        ) as asked,
    ):
        lock_people(ada, bob)
        lock_people(bob, ada)
    one, other = [query["sql"] for query in asked.captured_queries]
    assert "ORDER BY" in one.partition("WHERE")[2]
    assert one.partition("ORDER BY")[2] == other.partition("ORDER BY")[2]
    for user in (ada, bob):
        assert str(user.pk) in one.partition("WHERE")[2]
    if connection.vendor == "postgresql":
        assert one.endswith("FOR NO KEY UPDATE")
