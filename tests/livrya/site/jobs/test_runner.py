import threading
import time

import pytest
from django_tasks_db.models import DBTaskResult

from livrya.site.jobs import runner as runner_module
from livrya.site.jobs.runner import Runner
from livrya.site.jobs.schedule import Periodic
from tests.livrya.site.jobs import sample

pytestmark = pytest.mark.django_db(transaction=True)


class SharedLease:
    """A lease in memory: whoever holds `owner` has it."""

    def __init__(self):
        self.owner = None
        self.guard = threading.Lock()

    def of(self, name):
        return _Claim(self, name)


class _Claim:
    def __init__(self, lease, name):
        self.lease, self.name, self.asked = lease, name, threading.Event()

    def acquire(self):
        with self.lease.guard:
            self.asked.set()
            self.lease.owner = self.lease.owner or self.name
            return self.lease.owner == self.name

    def release(self):
        with self.lease.guard:
            if self.lease.owner == self.name:
                self.lease.owner = None


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    for name in ("RENEW_S", "STANDBY_S", "POLL_S"):
        monkeypatch.setattr(runner_module, name, 0.05)


@pytest.fixture
def run():
    started = []

    def start(claim, schedule=()):
        runner = Runner(claim, schedule)
        thread = threading.Thread(target=runner.run)
        thread.start()
        started.append((runner, thread))
        return runner, thread

    yield start
    for runner, thread in started:
        runner.stop()
        thread.join(10)
        assert not thread.is_alive()


def until(condition, within_s=10):
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def lines(path):
    return path.read_text().splitlines() if path.exists() else []


def test_a_runner_with_the_lease_carries_jobs_out(run, tmp_path):
    sample.add_line.enqueue(str(tmp_path / "written"), "one")
    run(SharedLease().of("a"))
    until(lambda: lines(tmp_path / "written") == ["one"])


def test_a_runner_without_the_lease_stands_by_and_takes_over_when_it_is_free(run, tmp_path):
    lease = SharedLease()
    lease.owner = "somebody"
    sample.add_line.enqueue(str(tmp_path / "written"), "one")
    claim = lease.of("a")
    run(claim)
    assert claim.asked.wait(10)
    assert lines(tmp_path / "written") == []

    lease.owner = None
    until(lambda: lines(tmp_path / "written") == ["one"])


def test_two_runners_do_each_job_once(run, tmp_path):
    lease = SharedLease()
    for number in range(20):
        sample.add_line.enqueue(str(tmp_path / "written"), str(number))
    run(lease.of("a"))
    run(lease.of("b"))
    until(lambda: DBTaskResult.objects.successful().count() == 20)
    assert lines(tmp_path / "written") == [str(number) for number in range(20)]


def test_what_a_dead_process_left_half_done_is_resumed_when_the_lease_is_won(run, tmp_path):
    sample.add_line.enqueue(str(tmp_path / "written"), "one")
    DBTaskResult.objects.get().claim("dead")
    run(SharedLease().of("a"))
    until(lambda: lines(tmp_path / "written") == ["one"])


def test_a_stopped_runner_finishes_the_job_in_hand_begins_no_other_and_gives_the_lease_back(run, tmp_path):
    lease = SharedLease()
    written, gate = tmp_path / "written", tmp_path / "gate"
    sample.wait_for.enqueue(str(written), str(gate))
    sample.add_line.enqueue(str(written), "next")
    runner, thread = run(lease.of("a"))
    until(lambda: lines(written) == ["begun"])

    runner.stop()
    gate.touch()
    thread.join(10)

    assert lines(written) == ["begun", "done"]
    assert lease.owner is None
    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == ["READY", "SUCCESSFUL"]


def test_the_schedule_goes_on_beside_a_long_job(run, tmp_path):
    gate, ran = tmp_path / "gate", threading.Event()
    sample.wait_for.enqueue(str(tmp_path / "written"), str(gate))

    def note():
        if lines(tmp_path / "written") == ["begun"]:
            ran.set()

    run(SharedLease().of("a"), [Periodic("note", note, every_s=0.05)])
    assert ran.wait(10)
    gate.touch()


def test_a_runner_that_lost_its_lease_begins_no_more_jobs(run, tmp_path):
    lease = SharedLease()
    claim = lease.of("a")
    sample.add_line.enqueue(str(tmp_path / "written"), "one")
    run(claim)
    until(lambda: lines(tmp_path / "written") == ["one"])
    lease.owner = "b"
    # Asked twice: the first refusal ended the term before the second question.
    for _ in range(2):
        claim.asked.clear()
        assert claim.asked.wait(10)

    sample.add_line.enqueue(str(tmp_path / "written"), "two")
    claim.asked.clear()
    assert claim.asked.wait(10)
    assert lines(tmp_path / "written") == ["one"]


def test_a_runner_outlives_a_database_that_does_not_answer(run, tmp_path, monkeypatch):
    claim = SharedLease().of("a")
    answers = iter([RuntimeError("no such table")])
    acquire = claim.acquire

    def acquire_later():
        error = next(answers, None)
        if error:
            raise error
        return acquire()

    monkeypatch.setattr(claim, "acquire", acquire_later)
    sample.add_line.enqueue(str(tmp_path / "written"), "one")
    run(claim)
    until(lambda: lines(tmp_path / "written") == ["one"])
