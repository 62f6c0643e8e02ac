"""Whose sessions are open where, for people and for programs."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from realtime.management.commands import realtime_connections

pytestmark = pytest.mark.either_database

ADA: dict[str, Any] = {
    "process": 11,
    "connectionId": "c1",
    "address": "203.0.113.9",
    "namespace": "/halls",
    "userId": 7,
    "username": "ada",
    "buffered": 40,
    "rooms": {
        "hall:1": {"phase": "LIVE", "place": 3, "present": True},
        "hall:2": {"phase": "CATCHING_UP", "place": 1, "present": False},
    },
}
NOBODY = ADA | {"connectionId": "c2", "userId": None, "username": "", "rooms": {}}


class Asked:
    """Processes that answer with these sessions, one list each."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: list[dict[str, Any]]) -> None:
        self.questions: list[dict[str, Any]] = []
        self._answers = answers
        monkeypatch.setattr(realtime_connections, "ask_processes", self._ask)

    def _ask(self, question: dict[str, Any]) -> tuple[list[dict[str, Any]], ...]:
        self.questions.append(question)
        return self._answers

    def show(self, *arguments: str) -> tuple[list[str], str]:
        output, errors = StringIO(), StringIO()
        call_command("realtime_connections", *arguments, stdout=output, stderr=errors)
        return output.getvalue().splitlines(), errors.getvalue()


def test_a_session_is_a_line_with_its_person_and_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    lines, errors = Asked(monkeypatch, [ADA], [], [NOBODY]).show("hall:1")
    assert lines == [
        "c1  process 11  /halls  ada (7)  203.0.113.9  40 bytes waiting  "
        "hall:1 (live at 3, present), hall:2 (catching_up at 1)",
        "c2  process 11  /halls  anonymous  203.0.113.9  40 bytes waiting  no rooms",
    ]
    assert errors == ""


def test_a_program_gets_an_object_for_each_session(monkeypatch: pytest.MonkeyPatch) -> None:
    lines, _ = Asked(monkeypatch, [ADA], [NOBODY]).show("7", "--json")
    assert [json.loads(line) for line in lines] == [ADA, NOBODY]


@pytest.mark.parametrize(("who", "kind"), [("7", "user"), ("ada", "user"), ("hall:1", "room")])
def test_a_colon_makes_it_a_room(monkeypatch: pytest.MonkeyPatch, who: str, kind: str) -> None:
    asked = Asked(monkeypatch, [])
    asked.show(who)
    assert asked.questions == [{"ask": "connections", kind: who}]


def test_nobody_there_is_another_answer_than_no_process_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Asked(monkeypatch, [], []).show("ada") == ([], "Nobody.\n")
    lines, errors = Asked(monkeypatch).show("ada")
    assert lines == []
    assert "No server process" in errors
