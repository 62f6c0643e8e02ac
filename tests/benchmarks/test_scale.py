"""The smallest crowd goes through all that a large one does: everything that is due arrives, and everybody is back."""

import re
import subprocess
import sys

import pytest

from benchmarks.databases import ROOT

SMALL = {
    "connections": 30,
    "processes": 2,
    "events": 2,
    "people": 20,
    "people-processes": 2,
    "groups": 10,
    "messages": 2,
    "minutes": 5,
}


@pytest.mark.either_database
def test_nothing_is_lost_and_everybody_comes_back() -> None:
    options = [f"--{name}={value}" for name, value in SMALL.items()]
    command = [sys.executable, "-m", "benchmarks.scale", *options]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=400)
    assert ran.returncode == 0, ran.stderr
    found = ran.stdout
    assert "30 of 30 up" in found
    assert "20 of 20 up" in found
    assert "60 of 60 deliveries, 0 out of order, 0 connections behind" in found
    assert "20 of 20 deliveries" in found
    assert "a durable event meanwhile | 0 connections behind, 0 out of order" in found
    back = re.findall(r"(\d+) of (\d+) back within", found)
    assert len(back) == 2
    assert all(some == lost for some, lost in back)
