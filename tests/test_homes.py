"""Tests lie as the code does, and every module that does something has a file that tests it."""

from pathlib import Path

import pytest

from tests.homes import FOLDERS, ROOT, SUITES, files_of_its_name, modules, suite_of

pytestmark = pytest.mark.either_database

# Not of one folder of the code: an app of the tests' own, and pages of several apps.
OF_NO_FOLDER = {"tests/realtime/app", "tests/livrya/management"}


def test_every_module_has_a_test_file_of_its_name_or_a_suite() -> None:
    assert [str(module) for module in modules() if not files_of_its_name(module) and suite_of(module) is None] == []


def test_every_suite_is_there_and_something_needs_it() -> None:
    assert {suite for suite in SUITES.values() if not (ROOT / suite).is_file()} == set()
    needed = {suite_of(module) for module in modules() if not files_of_its_name(module)}
    assert set(SUITES) - needed == set()


def test_every_folder_of_tests_is_one_of_the_code() -> None:
    homes = {tests: code for code, tests in FOLDERS.items() if code in ("realtime", "livrya")}
    for tests, code in homes.items():
        for folder in [path for path in (ROOT / tests).rglob("*") if path.is_dir() and any(path.glob("test_*.py"))]:
            below = folder.relative_to(ROOT / tests)
            if str(Path(tests) / below) not in OF_NO_FOLDER:
                assert (ROOT / code / below).is_dir(), folder
