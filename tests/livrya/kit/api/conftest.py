"""Counts of requests begin anew with each test."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    cache.clear()
