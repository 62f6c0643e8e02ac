"""What a process counts: the spread of latencies, of the latest only."""

import pytest

from realtime.hub.statistics import Statistics, percentiles

pytestmark = pytest.mark.either_database


def test_where_nothing_was_seen_there_is_no_latency() -> None:
    assert percentiles([]) == {"p50": 0, "p95": 0, "p99": 0}


def test_percentiles_do_not_mind_the_order_in_which_things_came() -> None:
    assert percentiles([7]) == {"p50": 7, "p95": 7, "p99": 7}
    assert percentiles(reversed(range(101))) == {"p50": 50, "p95": 95, "p99": 99}


def test_the_last_thousand_count_and_each_process_has_its_own() -> None:
    statistics = Statistics()
    statistics.latencies_ms.extend([1_000_000] * 500 + [3] * 1000)
    assert percentiles(statistics.latencies_ms)["p99"] == 3
    assert not Statistics().latencies_ms
