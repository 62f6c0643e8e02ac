"""The runner of a process: started once, woken by its own jobs, gone with its lease."""

import threading
from collections.abc import Iterator

import pytest
from django.db.transaction import atomic
from django_tasks.signals import task_enqueued

from livrya.site.jobs import process
from realtime.log import leases
from tests.livrya.site.jobs import sample

pytestmark = pytest.mark.django_db(transaction=True)


class Runner:
    """Waits until it is stopped, or longer: until `ends`."""

    def __init__(self) -> None:
        self.running, self.stopped, self.ends = threading.Event(), threading.Event(), threading.Event()
        self.ends.set()
        self.times = 0

    def run(self) -> None:
        self.times += 1
        self.running.set()
        self.stopped.wait(30)
        self.ends.wait(30)

    def stop(self) -> None:
        self.stopped.set()


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    made = Runner()
    monkeypatch.setattr(process, "make_runner", lambda: made)
    yield made
    made.ends.set()
    process.stop_runner()


def test_however_often_it_is_started_there_is_one(runner: Runner) -> None:
    process.start_runner()
    process.start_runner()
    assert runner.running.wait(30)
    assert process.stop_runner(timeout=30)
    assert runner.stopped.is_set()
    assert runner.times == 1


def test_who_stops_it_does_not_wait_for_a_job_that_does_not_end(runner: Runner) -> None:
    runner.ends.clear()
    process.start_runner()
    assert runner.running.wait(30)
    assert not process.stop_runner(timeout=0.01)


def test_where_none_was_started_none_is_to_be_stopped() -> None:
    assert process.stop_runner()


def test_a_job_wakes_it_once_it_is_there_to_be_found(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    woken = threading.Event()
    monkeypatch.setattr(process.Runner, "wake", lambda runner: woken.set())
    process.make_runner()
    try:
        with atomic():
            sample.add_line.enqueue(str(tmp_path / "written"), "line")
            assert not woken.is_set()
        assert woken.is_set()
    finally:
        task_enqueued.disconnect(dispatch_uid="livrya.site.jobs")


def test_of_two_processes_one_has_the_lease_until_it_gives_it_back() -> None:
    one, other = process._JobsLease(), process._JobsLease()
    assert one.acquire()
    assert one.acquire()
    assert not other.acquire()
    other.release()
    assert not leases.acquire(process.LEASE, holder="a third", seconds=1)
    one.release()
    assert other.acquire()
