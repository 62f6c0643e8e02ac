"""The random id of a database."""

import re

import pytest

from realtime.log.installation import database_id


@pytest.mark.django_db
def test_a_database_keeps_its_random_id() -> None:
    database_id.cache_clear()
    first = database_id()
    database_id.cache_clear()
    assert database_id() == first
    assert re.fullmatch(r"[0-9a-f]{16}", first)
