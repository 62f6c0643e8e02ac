"""The folder listing of the engine is its diagram."""

import re
import tomllib

import pytest

from tests.commands import ROOT

pytestmark = pytest.mark.either_database

MOST = 29


def _listed() -> set[str]:
    """What `ls realtime` shows, folders with a slash and modules without their ending."""
    entries = [entry for entry in (ROOT / "realtime").iterdir() if entry.name != "__pycache__"]
    return {f"{entry.name}/" if entry.is_dir() else entry.stem for entry in entries}


def _rows() -> list[tuple[int, str]]:
    """The floor and name of each entry in the table of docs/architecture.md."""
    page = (ROOT / "docs" / "architecture.md").read_text()
    return [(int(floor), name) for floor, name in re.findall(r"^\| (\d+) \| `([\w/]+)` \|", page, re.MULTILINE)]


def test_every_entry_of_the_engine_stands_once_in_the_table_of_its_floors() -> None:
    names = [name for _, name in _rows()]
    assert sorted(names) == sorted(_listed())
    assert len(names) <= MOST


def test_the_modules_of_each_floor_stand_in_its_row() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    for name in _listed():
        if not name.endswith("/") or name in ("migrations/", "management/"):
            continue
        row = next(line for line in page.splitlines() if line.split(" | ")[1:2] == [f"`{name}`"])
        found = {
            f"`{entry.name}/`" if entry.is_dir() else f"`{entry.stem}`"
            for entry in (ROOT / "realtime" / name).iterdir()
            if not entry.name.startswith("__")
        }
        assert set(row.rsplit("|", 2)[1].strip().split(", ")) == found, name


def test_the_table_has_the_order_that_the_contract_holds() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one.get("containers") == ["realtime"])
    held = {name: len(layers) - at for at, layer in enumerate(layers) for name in layer.split(" | ")}
    expected = {name.rstrip("/"): floor for floor, name in _rows() if name != "__init__"}
    assert expected == held
