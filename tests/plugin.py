"""pytest plugin: chooses the settings, and the database before they are read.

`pytest` alone runs on SQLite; `pytest --postgres` on PostgreSQL. Where nothing but the engine's tests is asked for,
there is no other app. Loaded early through `-p tests.plugin` in pyproject.toml. With xdist the controller starts the
server and the workers inherit its address.
"""

import gc
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.services import Postgres, postgres_url

# Django and the tests are there to stay: looking through them again and again takes a tenth of the time.
_COLLECT_AFTER_OBJECTS = 50_000

_STARTED: list[Postgres] = []

ENGINE = ("tests/realtime", "tests/conformance", "tests/faults")
ENGINE_SETTINGS = "tests.realtime.settings"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="run on PostgreSQL instead of SQLite")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    gc.set_threshold(_COLLECT_AFTER_OBJECTS)
    if "PYTEST_XDIST_WORKER" in os.environ:
        # A folder of its own: servers of the other workers are not to be found by this one's commands.
        _use_folder(os.path.join(os.environ["VAR_DIR"], os.environ["PYTEST_XDIST_WORKER"]))
        return
    if of_the_engine(early_config.known_args_namespace.file_or_dir):
        os.environ["DJANGO_SETTINGS_MODULE"] = ENGINE_SETTINGS
    os.environ["DEBUG"] = "true"
    _use_folder(tempfile.mkdtemp(prefix="livrya-tests-"))
    if early_config.known_args_namespace.postgres:
        os.environ["DATABASE_URL"], server = postgres_url()
        if server:
            _STARTED.append(server)
    else:
        os.environ.pop("DATABASE_URL", None)


def of_the_engine(asked: Sequence[str]) -> bool:
    """Tells whether all that is asked for lies below the engine's tests."""
    root = Path(__file__).parent.parent
    homes = [root / home for home in ENGINE]
    paths = [Path(each.partition("::")[0]).resolve() for each in asked]
    return bool(paths) and all(any(path.is_relative_to(home) for home in homes) for path in paths)


def _use_folder(path: str) -> None:
    os.environ["VAR_DIR"] = path
    os.makedirs(os.path.join(path, "static"))  # WhiteNoise warns where collected files are missing


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    for server in _STARTED:
        server.stop()
    _STARTED.clear()
    shutil.rmtree(os.environ.get("VAR_DIR", ""), ignore_errors=True)
