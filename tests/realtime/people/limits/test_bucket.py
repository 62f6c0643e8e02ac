"""Points that come back at a steady rate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.people.limits.bucket import Bucket, Rate

pytestmark = pytest.mark.either_database

RATE = Rate(per_second=10, burst=20)


def test_points_come_back_with_time_and_never_more_than_the_burst() -> None:
    bucket = Bucket(RATE, 0)
    assert bucket.take(20, 0) == (20, 0)
    assert bucket.take(5, 0) == (0, 501)  # rounded up: what comes a fraction too early would be refused again
    assert bucket.take(5, 501) == (5, 0)
    assert not bucket.full_at(501)
    assert bucket.full_at(3000)
    assert bucket.take(100, 1_000_000, at_least=1) == (20, 0)


def test_fewer_are_had_only_where_they_will_do() -> None:
    bucket = Bucket(RATE, 0)
    bucket.take(15, 0)
    assert bucket.take(10, 0)[0] == 0
    assert bucket.take(10, 0, at_least=3) == (5, 0)


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    bucket = Bucket(RATE, 10_000)
    bucket.take(20, 10_000)
    assert bucket.take(1, 5_000)[0] == 0
    assert bucket.take(1, 5_101) == (1, 0)


@given(takes=st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 30)), max_size=60))
def test_a_bucket_never_gives_more_than_its_burst_and_its_rate(takes):
    now = 1_000_000
    bucket, given_out = Bucket(RATE, now), 0.0
    for passed, wanted in takes:
        now += passed
        given_out += bucket.take(wanted, now)[0]
        assert given_out <= RATE.burst + RATE.per_second * (now - 1_000_000) / 1000 + 1e-6
