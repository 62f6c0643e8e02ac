"""Tests lie as the code does, and every module that does something has a file that tests it."""

from pathlib import Path

import pytest

from tests.homes import FOLDERS, ROOT, files_of_its_name, modules

pytestmark = pytest.mark.either_database

# Of no folder of the code: an app of the tests' own.
OF_NO_FOLDER = {"tests/realtime/app"}


def test_every_module_has_a_test_file_of_its_name() -> None:
    assert [str(module) for module in modules() if not files_of_its_name(module)] == []


def test_a_file_of_another_folder_or_of_a_package_is_not_of_its_name() -> None:
    assert files_of_its_name(Path("livrya/audit/admin.py")) == [Path("tests/livrya/audit/test_admin.py")]
    assert Path("tests/books/epub/test_views.py") in files_of_its_name(Path("books/api/views.py"))
    assert files_of_its_name(Path("realtime/comments.py")) == []
    assert Path("books/models/__init__.py") not in set(modules())


def test_every_folder_of_tests_is_one_of_the_code() -> None:
    homes = {tests: code for code, tests in FOLDERS.items() if code in ("realtime", "livrya")}
    for tests, code in homes.items():
        for folder in [path for path in (ROOT / tests).rglob("*") if path.is_dir() and any(path.glob("test_*.py"))]:
            below = folder.relative_to(ROOT / tests)
            if str(Path(tests) / below) not in OF_NO_FOLDER:
                assert (ROOT / code / below).is_dir(), folder
