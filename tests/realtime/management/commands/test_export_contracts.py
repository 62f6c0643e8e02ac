"""What is generated from the contracts is written where it differs, and only looked at when that is asked for."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

pytestmark = pytest.mark.either_database

FILES = {
    "frontend/src/realtime/contracts.gen.ts",
    "docs/reference/events.md",
    "docs/reference/asyncapi.json",
    "docs/codes.md",
}


@pytest.fixture
def root(settings: Settings, tmp_path: Path) -> Path:
    settings.BASE_DIR = tmp_path
    return tmp_path


def export(*arguments: str) -> str:
    output = StringIO()
    call_command("export_contracts", *arguments, stdout=output)
    return output.getvalue()


def test_each_file_is_written_once_and_again_when_somebody_has_changed_it(root: Path) -> None:
    assert set(export().split()) - {"wrote"} == FILES
    assert all((root / name).stat().st_size for name in FILES)
    assert export() == ""
    page = root / "docs/codes.md"
    written = page.read_text()
    page.write_text(written + "By hand.\n")
    assert export() == "wrote docs/codes.md\n"
    assert page.read_text() == written


def test_a_check_names_what_is_stale_and_writes_nothing(root: Path) -> None:
    with pytest.raises(
        CommandError, match=r"Stale: frontend/src/realtime/contracts\.gen\.ts, docs/reference/events\.md"
    ):
        export("--check")
    assert list(root.iterdir()) == []
    export()
    assert export("--check") == ""
