"""Audiences, by the names that jobs keep."""

from collections.abc import Iterator, Sequence

import pytest

from notifications import audiences

pytestmark = pytest.mark.either_database


def multiples(key: int, after: int, limit: int) -> Sequence[int]:
    return [number for number in range(after + 1, 100) if number % key == 0][:limit]


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    audiences.register("multiples", multiples)
    yield
    del audiences._AUDIENCES["multiples"]


def test_an_audience_is_asked_in_slices_by_its_name() -> None:
    assert audiences.people("multiples", 7, after=14, limit=2) == [21, 28]
    assert audiences.is_registered("multiples")


def test_a_name_stands_for_one_audience() -> None:
    with pytest.raises(TypeError, match="multiples"):
        audiences.register("multiples", lambda key, after, limit: [])
    assert audiences.people("multiples", 50, after=0, limit=9) == [50]


def test_a_name_that_nobody_registered_is_a_mistake() -> None:
    assert not audiences.is_registered("nobody")
    with pytest.raises(KeyError):
        audiences.people("nobody", 1, after=0, limit=1)
