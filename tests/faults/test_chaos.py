"""`benchmarks.chaos`: that its judgement is strict, and (a soak) that it holds."""

import subprocess
import sys

import pytest

from benchmarks.chaos import Seen
from tests.commands import ROOT

LOG = [1, 2, 3, 4]


def seen(*seqs: int, **more: object) -> Seen:
    given = {
        "transports": "polling",
        "connects": 1,
        "recovered": 0,
        "ends": 0,
        "refused": [],
        "lost": [],
        "gone": False,
        "connected": True,
    }
    return Seen(seqs=list(seqs), **given | more)  # type: ignore[arg-type]  # as each test wants them


def test_a_client_that_has_everything_once_and_in_order_holds() -> None:
    assert seen(*LOG).holds(LOG)
    assert seen(*LOG, connects=7, recovered=2, ends=6).holds(LOG)


@pytest.mark.parametrize(
    ("client", "fault"),
    [
        (seen(1, 2, 4), "missing"),
        (seen(1, 2, 3), "missing"),
        (seen(), "missing"),
        (seen(1, 2, 2, 3, 4), "twice"),
        (seen(1, 3, 2, 4), "disordered"),
    ],
)
def test_a_client_that_has_not_does_not(client: Seen, fault: str) -> None:
    assert [name for name, count in client.faults(LOG).items() if count] == [fault]
    assert not client.holds(LOG)


@pytest.mark.parametrize("ending", [{"gone": True}, {"refused": ["Try again."]}, {"lost": ["epoch"]}])
def test_nor_does_one_that_was_told_a_last_word(ending: dict[str, object]) -> None:
    assert not seen(*LOG, **ending).holds(LOG)


@pytest.mark.soak
@pytest.mark.either_database
def test_chaos_holds() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.chaos"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stdout
