"""Checks that what the project's Markdown files point at is there: `python -m tests.links`.

Relative links, and the tests that they name in backticks, by path or by function.
"""

import re
import subprocess
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+\s+(.*)$", re.MULTILINE)
_CODE = re.compile(r"`([^`\n]+)`")
_PATH_OF_TESTS = re.compile(r"(?:[\w-]+/)*tests/[\w./-]*|(?:[\w-]+/)*test_\w+\.py")
_TEST = re.compile(r"\btest_\w+\b(?!\.py)")
_FILE_OF_TESTS = re.compile(r"tests/(?:.*/)?test_\w+\.py$")
_FUNCTION = re.compile(r"^\s*(?:async )?def (test_\w+)", re.MULTILINE)
_CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchor(heading: str) -> str:
    """Returns the fragment under which forges publish a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    """Returns the fragments that a page offers."""
    return {anchor(heading) for heading in _HEADING.findall(page.read_text())}


def broken_links(page: Path) -> list[str]:
    """Returns the relative links of one page that lead nowhere."""
    broken = []
    for target in _LINK.findall(_CODE_BLOCK.sub("", page.read_text())):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, fragment = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (fragment and file.suffix == ".md" and fragment not in anchors(file)):
            broken.append(target)
    return broken


def missing_tests(text: str, files: Collection[str], functions: Collection[str]) -> list[str]:
    """Returns the tests that a page names but nobody finds.

    `files`: the repository's, as Git names them; a path may leave out where it begins (`hub/test_roles.py`).
    `functions`: the names of all tests.
    """
    code = _CODE.findall(_CODE_BLOCK.sub("", text))
    paths = {path for written in code for path in _PATH_OF_TESTS.findall(written)}
    named = {name for written in code for name in _TEST.findall(written)}
    gone = {path for path in paths if not any(_is_at(file, path) for file in files)}
    return sorted(gone | (named - set(functions)))


def _is_at(file: str, path: str) -> bool:
    if "tests/" in path:
        return file == path or file.startswith(path.rstrip("/") + "/")
    return file.endswith(f"/{path}")


def functions_of(files: Iterable[Path]) -> set[str]:
    """Returns the names of the tests in Python files."""
    return {name for file in files for name in _FUNCTION.findall(file.read_text())}


def main() -> int:
    files = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()
    pages = [file for file in files if file.endswith(".md")]
    functions = functions_of(ROOT / file for file in files if _FILE_OF_TESTS.match(file))
    found = [f"{page}: {link}" for page in pages for link in broken_links(ROOT / page)]
    found += [
        f"{page}: there is no {test}"
        for page in pages
        for test in missing_tests((ROOT / page).read_text(), files, functions)
    ]
    print("\n".join(found) or "Every link leads somewhere, and every test that is named is there.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
