"""How the times of a lease stand to each other."""

import pytest

from realtime.people.processes.register import Times

pytestmark = pytest.mark.either_database


@pytest.mark.parametrize("lease_ms", [3_000, 15_000, 60_000])
def test_a_lease_outlives_two_beats_that_fail_and_everybody_has_beaten_before_totals_settle(lease_ms: int) -> None:
    times = Times(lease_ms)
    beat_ms = times.beat_seconds * 1000
    assert 2 * beat_ms < lease_ms <= 3 * beat_ms
    assert beat_ms < times.settle_ms < lease_ms
