"""What running processes count, for people and for programs."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from realtime.management.commands import realtime_stats

pytestmark = pytest.mark.either_database

COUNTED = [{"process": 11, "connections": 2, "layer": "ok"}, {"process": 12, "connections": 0, "layer": "down"}]


def shown(monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, object]], *arguments: str) -> tuple[str, str]:
    asked = []

    def ask(question: dict[str, object]) -> list[dict[str, object]]:
        asked.append(question)
        return [dict(answer) for answer in answers]

    monkeypatch.setattr(realtime_stats, "ask_processes", ask)
    output, errors = StringIO(), StringIO()
    call_command("realtime_stats", *arguments, stdout=output, stderr=errors)
    assert asked == [{"ask": "statistics"}]
    return output.getvalue(), errors.getvalue()


def test_each_process_is_shown_with_what_it_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    output, errors = shown(monkeypatch, COUNTED)
    assert [line.split() for line in output.splitlines()] == [
        ["process", "11"],
        ["connections", "2"],
        ["layer", "ok"],
        ["process", "12"],
        ["connections", "0"],
        ["layer", "down"],
    ]
    assert errors == ""


def test_a_program_gets_an_object_for_each_process(monkeypatch: pytest.MonkeyPatch) -> None:
    output, _ = shown(monkeypatch, COUNTED, "--json")
    assert [json.loads(line) for line in output.splitlines()] == COUNTED


def test_where_no_process_answers_that_is_said_beside_the_output(monkeypatch: pytest.MonkeyPatch) -> None:
    output, errors = shown(monkeypatch, [], "--json")
    assert output == ""
    assert "No server process" in errors
