"""A long list in parts."""

import pytest

from realtime.log.batches import in_batches

pytestmark = pytest.mark.either_database


@pytest.mark.parametrize(
    ("count", "parts"), [(0, []), (1, [[0]]), (3, [[0, 1, 2]]), (4, [[0, 1, 2], [3]]), (6, [[0, 1, 2], [3, 4, 5]])]
)
def test_every_item_comes_once_in_order(count: int, parts: list[list[int]]) -> None:
    assert list(in_batches(list(range(count)), 3)) == parts
