"""Every decision says what it rests on: a number, and the command of this repository that shows it."""

import re
from pathlib import Path

import pytest

from benchmarks.choices.__main__ import CHOICES
from tests.commands import ROOT
from tests.documents import commands_of

pytestmark = pytest.mark.either_database

PAGES = sorted((ROOT / "docs" / "decisions").glob("*.md"))
SHOWS = re.compile(r"\.venv/bin/python -m (benchmarks\.|pytest tests/)\S+")
MEASURED = re.compile(r"(?<![\w.])\d[\d,]*(\.\d+)?(?![\w.]*\w)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_decision_carries_a_number_and_the_command_that_shows_it(page: Path) -> None:
    text = page.read_text()
    commands = [shown.text for shown in commands_of(page.name, text) if SHOWS.match(shown.text)]
    assert commands, "no command of benchmarks or tests"
    assert MEASURED.search(re.sub(r"`[^`]*`", "", text)), "no number"


@pytest.mark.parametrize(("choice", "page"), CHOICES.items())
def test_what_is_measured_stands_on_the_page_of_its_decision(choice: str, page: str) -> None:
    text = (ROOT / "docs" / "decisions" / f"{page}.md").read_text()
    assert f"`.venv/bin/python -m benchmarks.choices {choice}`" in text
    _, _, behind = text.partition(f"benchmarks.choices {choice}`")
    table = [line for line in behind.splitlines() if line.startswith("|")]
    assert sum("(chosen)" in line for line in table) or choice == "addresses", "its table is missing"


def test_every_module_that_measures_is_one_of_the_choices() -> None:
    modules = (ROOT / "benchmarks" / "choices").glob("*.py")
    assert {path.stem for path in modules if "\ndef measure(" in path.read_text()} == set(CHOICES)
