"""Tests lie as the code does, and every module that does something has a file that tests it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.homes import FOLDERS, ROOT, SUITES, files_of_its_name, modules, reaches, suite_of

pytestmark = pytest.mark.either_database

# Of no folder of the code: an app of the tests' own.
OF_NO_FOLDER = {"tests/realtime/app"}


def test_every_module_has_a_test_file_of_its_name_or_a_suite() -> None:
    assert [str(module) for module in modules() if not files_of_its_name(module) and suite_of(module) is None] == []


def test_every_module_of_the_engine_has_a_test_file_of_its_name() -> None:
    engine = [module for module in modules() if module.parts[0] == "realtime"]
    assert [str(module) for module in engine if not files_of_its_name(module)] == []


def test_every_suite_is_there_and_something_needs_it() -> None:
    assert {suite for suite, _ in SUITES.values() if not (ROOT / suite).is_file()} == set()
    needed = {suite_of(module) for module in modules() if not files_of_its_name(module)}
    assert set(SUITES) - needed == set()


def test_every_suite_comes_to_the_modules_that_it_is_named_for() -> None:
    named = [(module, SUITES[name]) for module, name in suites_of_modules()]
    assert [f"{module}: {suite}" for module, (suite, way) in named if not reaches(suite, module, way)] == []


def test_no_suite_goes_round_to_what_it_imports() -> None:
    needed = {name for module, name in suites_of_modules() if not reaches(SUITES[name][0], module, "import")}
    assert {name for name, (_, way) in SUITES.items() if way != "import"} - needed == set()


def suites_of_modules() -> Iterator[tuple[Path, str]]:
    """Yields the modules without a test file of their name, each with its entry of `SUITES`."""
    for module in modules():
        if not files_of_its_name(module) and (name := suite_of(module)):
            yield module, name


def test_a_suite_that_imports_nothing_of_a_module_does_not_come_to_it() -> None:
    module = Path("books/services/books.py")
    assert reaches("tests/books/test_books.py", module, "import")
    assert not reaches("tests/realtime/transport/test_packets.py", module, "import")
    assert not reaches("tests/realtime/transport/test_packets.py", module, "page")
    assert reaches("tests/livrya/site/pages/test_books.py", module, "page")


def test_every_folder_of_tests_is_one_of_the_code() -> None:
    homes = {tests: code for code, tests in FOLDERS.items() if code in ("realtime", "livrya")}
    for tests, code in homes.items():
        for folder in [path for path in (ROOT / tests).rglob("*") if path.is_dir() and any(path.glob("test_*.py"))]:
            below = folder.relative_to(ROOT / tests)
            if str(Path(tests) / below) not in OF_NO_FOLDER:
                assert (ROOT / code / below).is_dir(), folder
