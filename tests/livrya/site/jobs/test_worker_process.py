"""The worker as people run it: a process that is killed, interrupted, doubled."""

import time

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from livrya.site.jobs.process import LEASE
from realtime.models import Lease
from tests.commands import CommandProcess
from tests.livrya.site.jobs import sample

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.live]


@pytest.fixture(autouse=True)
def let_others_connect():
    yield
    connection.close()


def ours():
    """The jobs of these tests; the schedule adds its own."""
    return DBTaskResult.objects.filter(task_path__startswith=sample.__name__)


def until(condition, within_s=30):
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def jobs():
    """The rows of this test's jobs; the schedule enqueues some of its own."""
    return DBTaskResult.objects.filter(task_path__startswith="tests.")


def lines(path):
    return path.read_text().splitlines() if path.exists() else []


def test_a_job_whose_worker_is_killed_is_begun_again_by_the_next(tmp_path):
    written, gate = tmp_path / "written", tmp_path / "gate"
    sample.wait_for.enqueue(str(written), str(gate))
    with CommandProcess("worker") as first:
        until(lambda: lines(written) == ["begun"])
        first.kill()
    assert jobs().get().status == "RUNNING"

    gate.touch()
    # The lease outlives its holder by some seconds; the test need not.
    Lease.objects.filter(name=LEASE).delete()
    with CommandProcess("worker"):
        until(lambda: jobs().get().status == "SUCCESSFUL")

    assert lines(written) == ["begun", "begun", "done"]
    assert len(set(jobs().get().worker_ids)) == 2


def test_of_two_workers_one_runs_and_the_other_takes_over(tmp_path):
    written, gate = tmp_path / "written", tmp_path / "gate"
    with CommandProcess("worker") as first:
        sample.wait_for.enqueue(str(written), str(gate))
        until(lambda: lines(written) == ["begun"])
        with CommandProcess("worker") as second:
            until(lambda: "Running jobs" in second.output)
            sample.add_line.enqueue(str(written), "next")
            first.terminate()
            gate.touch()
            assert first.exit_code() == 0
            until(lambda: lines(written) == ["begun", "done", "next"])
            until(lambda: jobs().successful().count() == 2)
            assert "this process runs the jobs" in second.output


def test_ctrl_c_ends_a_worker_after_the_job_in_hand(tmp_path):
    written, gate = tmp_path / "written", tmp_path / "gate"
    sample.wait_for.enqueue(str(written), str(gate))
    with CommandProcess("worker") as worker:
        until(lambda: lines(written) == ["begun"])
        worker.interrupt()
        gate.touch()
        assert worker.exit_code() == 0
        assert "Traceback" not in worker.output
    assert lines(written) == ["begun", "done"]
    assert jobs().get().status == "SUCCESSFUL"
