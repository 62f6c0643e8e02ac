"""The engine works without any other app: its tests, and whatever they start, cannot import one."""

import os
import subprocess
import sys

import pytest

from tests.commands import ROOT
from tests.realtime.app.alone import OTHERS

pytestmark = pytest.mark.either_database

EVERYTHING = """
import importlib, pkgutil, sys
import django
django.setup()
import realtime, tests.realtime
for package in (realtime, tests.realtime):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
print(sorted({name.partition(".")[0] for name in sys.modules}))
try:
    import livrya.settings
except ModuleNotFoundError as refused:
    print(refused)
"""


def test_every_module_of_the_engine_and_of_its_tests_is_imported_without_another_app() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.realtime.settings"}
    done = subprocess.run(
        [sys.executable, "-c", EVERYTHING], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    packages, refused = done.stdout.splitlines()
    assert "realtime" in packages
    assert not [name for name in OTHERS if f"'{name}'" in packages]
    assert refused == "livrya is no part of the engine"
