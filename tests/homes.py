"""Where the tests of a module lie, for whoever changes it.

A module's tests lie in a file of its name in the folder of its app, such as `tests/books/test_comments.py` for what any
layer of `books` does about comments, and for the engine and the site in the folder that the module has there.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("realtime", "livrya", "books", "social", "notifications")

FOLDERS = {
    "livrya/accounts": "tests/livrya/accounts",
    "livrya/site/pages": "tests/livrya/site/pages",
    **{app: f"tests/{app}" for app in APPS},
}
"""Where tests lie; the longest folder that fits."""


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
