"""`manage.py worker`: runs until it is asked to end, once gently and twice at once."""

import signal
import threading
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command

from livrya.management.commands import worker

pytestmark = pytest.mark.either_database

ASKED = (signal.SIGINT, signal.SIGTERM)


class Runner:
    """Works until it is stopped; the signal comes while it does."""

    def __init__(self, asked: signal.Signals | None) -> None:
        self.asked = asked
        self.done: list[str] = []

    def run(self) -> None:
        self.done.append("runs")
        if self.asked:
            signal.raise_signal(self.asked)
        self.done.append("job in hand")

    def stop(self) -> None:
        self.done.append("stops")


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = [(number, signal.getsignal(number)) for number in ASKED]
    yield
    for number, handler in before:
        signal.signal(number, handler)


@pytest.mark.parametrize("asked", ASKED)
def test_who_is_asked_to_end_finishes_the_job_in_hand_and_ends_at_once_when_asked_again(
    asked: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner, said = Runner(asked), StringIO()
    monkeypatch.setattr(worker, "make_runner", lambda: runner)
    call_command("worker", stdout=said)
    assert runner.done == ["runs", "stops", "job in hand"]
    assert "Running jobs and the schedule." in said.getvalue()
    assert signal.getsignal(asked) is signal.SIG_DFL


def test_in_a_thread_it_leaves_signals_to_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    runner, before = Runner(None), [signal.getsignal(number) for number in ASKED]
    monkeypatch.setattr(worker, "make_runner", lambda: runner)
    thread = threading.Thread(target=call_command, args=["worker"], kwargs={"stdout": StringIO()})
    thread.start()
    thread.join(30)
    assert runner.done == ["runs", "job in hand"]
    assert [signal.getsignal(number) for number in ASKED] == before
