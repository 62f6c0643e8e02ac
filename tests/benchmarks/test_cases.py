"""The cases of the benchmarks: that each can be measured, and that its gates are judged as they say."""

from dataclasses import replace

import pytest

from benchmarks.cases import ALL_OF_OURS, CASES, NODE, Case, Crowd, shortened
from benchmarks.gates import Bound, Metric
from benchmarks.measuring import Measurement
from benchmarks.profile import asking_table, connecting_tables
from benchmarks.report import markdown
from benchmarks.servers import SERVERS

SOCKET_IO, JSON = "livrya, Socket.IO door", "livrya, JSON door"
[DURABLE] = [case for case in CASES if case.name == "durable fan-out to 1,000"]
[PEOPLE] = [case for case in CASES if case.name == "comment:new to 1,000 people in a chapter"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_asks_servers_that_there_are_and_compares_those_that_take_part(case: Case) -> None:
    assert set(case.servers) <= SERVERS.keys()
    assert all(SERVERS[name].readers == (case.crowd is Crowd.PEOPLE) for name in case.servers)
    for gate in case.gates:
        assert {gate.peer, *gate.servers} <= set(case.servers)
        assert set(gate.servers) <= set(ALL_OF_OURS)


def test_the_crowd_of_every_delivery_has_names_unless_the_case_says_that_it_has_none() -> None:
    nameless = [case.name for case in CASES if case.crowd is Crowd.ANONYMOUS]
    assert all("without names" in name or "idle" in name for name in nameless)


def test_the_product_is_measured_in_a_quick_run_too() -> None:
    quick = [shortened(case) for case in CASES if case.quick]
    assert {case.name for case in quick if case.crowd is Crowd.PEOPLE} == {
        case.name for case in CASES if case.crowd is Crowd.PEOPLE
    }
    assert all(case.servers for case in quick)


def test_latency_is_compared_at_one_pace_that_all_keep() -> None:
    assert all(case.deliveries_per_second > 0 for case in CASES if case.metric is Metric.LATENCY)


def measured(case: Case, server: str, **figures: float) -> Measurement:
    return Measurement(case.name, server, **figures)  # type: ignore[arg-type]  # all of them are numbers


def test_a_gate_for_one_door_judges_that_door_alone() -> None:
    taken = [measured(DURABLE, SOCKET_IO, cost_us=7.5), measured(DURABLE, JSON, cost_us=7.5)]
    report = markdown([*taken, measured(DURABLE, NODE, cost_us=10.0)], 1)
    assert f"- gate 0.8 × {NODE}, {SOCKET_IO}: 0.75, holds; goal 0.6 missed" in report
    assert f"- gate 0.7 × {NODE}, {JSON}: 0.75, MISSED" in report
    assert f"- gate 0.8 × {NODE}, {JSON}" not in report


def test_a_bound_judges_the_figure_itself() -> None:
    taken = measured(PEOPLE, "serve, JSON door", connect_us=5_000.0, transactions_per_connect=3.5)
    report = markdown([taken], 1)
    assert f"- at most 8,000 {Metric.CONNECTING.value}, serve, JSON door: 5,000, holds; goal 4,000 missed" in report
    assert f"- at most 3.2 {Metric.TRANSACTIONS.value}, serve, JSON door: 3.50, MISSED" in report
    assert Metric.MEMORY.value not in report  # nobody measured it


def test_a_report_says_who_the_crowd_was() -> None:
    for case in CASES:
        assert f"The crowd: {case.crowd.value}." in markdown([measured(case, case.servers[0])], 1)


def test_an_invalid_measurement_holds_no_gate() -> None:
    case = replace(PEOPLE, gates=(), bounds=(Bound(Metric.CONNECTING, 1.0),))
    taken = replace(measured(case, case.servers[0], connect_us=0.5), invalid="1 connection was lost")
    assert "holds" not in markdown([taken], 1)


def test_a_profile_of_connecting_names_nine_tenths_by_function_of_ours() -> None:
    stacks = [
        (["reader", "realtime.hub.threads.work:1", "livrya.accounts.tokens.verify:2", "django.db.query:3"], 0.6),
        (["MainThread", "asyncio.run:1", "realtime.sessions.open:2"], 0.35),
        (["MainThread", "asyncio.run:1"], 0.05),
    ]
    lines = connecting_tables(stacks, 10)
    assert lines[2:5] == [
        "| `livrya.accounts.tokens.verify` | 60.00 | 60.0% | 60% |",
        "| `realtime.sessions.open` | 35.00 | 35.0% | 95% |",
        "| all | 100.00 | 100% | |",
    ]
    assert "| `realtime.hub.threads.work` | 60.00 | 60.0% |" in lines


def test_a_profile_of_connecting_says_what_each_connection_asks_and_who_asks_it() -> None:
    asked = {"transactions": {"a": 20, "b": 1}, "statements": {"a": 40, "b": 1}, "calls": {"c": 30}}
    assert asking_table(asked, 10)[2:] == [
        "| all | 2.10 | 4.10 | 3.00 |",
        "| `a` | 2.00 | 4.00 | 0.00 |",
        "| `c` | 0.00 | 0.00 | 3.00 |",
        "| `b` | 0.10 | 0.10 | 0.00 |",
    ]
