"""Where the tests of a module lie, for whoever changes it.

A module's tests lie in a file of its name in the folder of its app, such as `tests/books/test_comments.py` for what any
layer of `books` does about comments, and for the engine in its floor's folder. Where one suite tests a whole package,
or the layers of one thing, `SUITES` says so, and by which way the suite comes to it: the longest name that
fits a module holds.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("realtime", "livrya", "books", "social", "notifications")

FOLDERS = {
    "livrya/accounts": "tests/livrya/accounts",
    "livrya/site/pages": "tests/livrya/site/pages",
    **{app: f"tests/{app}" for app in APPS},
}
"""Where tests lie; the longest folder that fits."""

WAYS = {
    "import": (),
    "command": ("django.core.management.call_command", "tests.commands"),
    "page": ("django.test.Client", "rest_framework.test.APIClient"),
    "signal": ("realtime.testing.capture.capture_events", "notifications.models.Notification"),
    "socket": ("realtime.testing.client.JsonClient", "tests.realtime.halls.connect"),
}
"""How suites come to what they test, by what they or their helpers then import: the module or its package, or else a
way through which people come to it, too (a page, the API and the admin are one)."""

SUITES = {
    # The kit and the site.
    # Groups.
    "social": ("tests/social/test_groups.py", "import"),  # what a group does, through its services
    "social.api": ("tests/livrya/test_api_routes.py", "page"),  # every route
    "social.models.message": ("tests/social/test_attachments.py", "import"),
    "social.models.report": ("tests/social/test_reports.py", "import"),
    "social.namespaces": ("tests/social/test_live.py", "socket"),
    "social.policies.rooms": ("tests/social/test_live.py", "socket"),
    "social.policies.views": ("tests/social/test_live.py", "socket"),
}


def modules() -> Iterator[Path]:
    """Yields the modules that do something: a function, or a class with one.

    Apps and packages only put together, and a protocol says what others do.
    """
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if path.name not in ("__init__.py", "apps.py") and "migrations" not in path.parts and _acts(path):
                yield path.relative_to(ROOT)


def _acts(path: Path) -> bool:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return any(
        isinstance(node, functions)
        or (
            isinstance(node, ast.ClassDef)
            and "Protocol" not in map(ast.unparse, node.bases)
            and any(isinstance(each, functions) for each in node.body)
        )
        for node in ast.parse(path.read_text()).body
    )


def folder_of(module: Path) -> tuple[Path, Path]:
    """Returns where the tests of the module's app lie, and the module's own folder below that."""
    home = max((each for each in FOLDERS if module.is_relative_to(each)), key=len)
    return Path(FOLDERS[home]), module.parent.relative_to(home)


def files_of_its_name(module: Path) -> list[Path]:
    """Returns the test files that are called as the module is; the engine's and the site's in their own folder."""
    tests, below = folder_of(module)
    name = f"test_{module.stem}.py"
    if module.parts[0] in ("realtime", "livrya") and tests in (Path("tests/realtime"), Path("tests/livrya")):
        return [path for path in [tests / below / name] if (ROOT / path).exists()]
    return [path.relative_to(ROOT) for path in (ROOT / tests).rglob(name)]


def reaches(suite: str, module: Path, way: str) -> bool:
    """Tells whether a suite or its helpers import the module or its package, or what they need for that way to it."""
    names = _imported(suite)
    parts = module.with_suffix("").parts
    packages = [".".join(parts[:length]) for length in range(2, len(parts) + 1)]
    return any(name in names for name in (*packages, *WAYS[way]))


@cache
def _imported(suite: str) -> frozenset[str]:
    """Returns what the suite imports, as modules and names in them, with its conftests and helpers among the tests."""
    waiting = [Path(suite), *(folder / "conftest.py" for folder in Path(suite).parents)]
    seen: set[Path] = set()
    names: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen or not (ROOT / path).is_file():
            continue
        seen.add(path)
        found: set[str] = set()
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        for helper in [Path(*name.split(".")) for name in found if name.startswith("tests.")]:
            waiting += [helper.with_suffix(".py"), helper / "__init__.py"]
        names |= found
    return frozenset(names)


def suite_of(module: Path) -> str | None:
    """Returns the name in `SUITES` that fits best."""
    dotted = ".".join(module.with_suffix("").parts)
    fitting = [name for name in SUITES if dotted == name or dotted.startswith(f"{name}.")]
    return max(fitting, key=len, default=None)
