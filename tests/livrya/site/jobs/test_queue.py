from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

import realtime
from livrya.site.jobs import queue
from livrya.site.jobs.entries import forget_old_history
from tests.livrya.site.jobs import sample

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def written(tmp_path):
    return tmp_path / "written"


def test_a_job_is_carried_out_once_and_its_result_kept(written):
    sample.add_line.enqueue(str(written), "one")

    assert queue.run_one("worker") is True
    assert queue.run_one("worker") is False

    assert written.read_text() == "one\n"
    row = DBTaskResult.objects.get()
    assert (row.status, row.return_value, row.worker_ids) == ("SUCCESSFUL", "one", ["worker"])


def test_jobs_run_in_the_order_of_enqueueing(written):
    for line in "abc":
        sample.add_line.enqueue(str(written), line)
    while queue.run_one("worker"):
        pass
    assert written.read_text() == "a\nb\nc\n"


def test_a_job_of_a_transaction_that_was_rolled_back_does_not_exist(written):
    def enqueue_and_fail():
        with realtime.atomic():
            sample.add_line.enqueue(str(written), "never")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        enqueue_and_fail()
    assert queue.run_one("worker") is False


def test_a_job_for_later_waits(written):
    later = sample.add_line.using(run_after=timezone.now() + timedelta(hours=1))
    later.enqueue(str(written), "late")
    assert queue.run_one("worker") is False
    DBTaskResult.objects.update(run_after=timezone.now())
    assert queue.run_one("worker") is True


def test_a_broken_job_is_recorded_as_failed_and_not_tried_again(written):
    sample.fail.enqueue(str(written))
    queue.run_one("worker")
    assert queue.run_one("worker") is False
    row = DBTaskResult.objects.get()
    assert row.status == "FAILED"
    assert "This job is broken." in row.traceback


def test_a_job_that_failed_for_a_passing_reason_is_tried_again_later_and_not_for_ever(written):
    sample.fail_passingly.enqueue(str(written))
    queue.run_one("worker")
    row = DBTaskResult.objects.get()
    assert row.status == "READY"
    assert row.run_after > timezone.now()

    for _ in range(queue.MAX_ATTEMPTS):
        DBTaskResult.objects.update(run_after=timezone.now())
        queue.run_one("worker")

    assert DBTaskResult.objects.get().status == "FAILED"
    assert written.read_text() == "tried\n" * queue.MAX_ATTEMPTS


def test_a_job_that_the_release_before_queued_is_carried_out_where_its_code_lives_now():
    for old in queue.MOVED:
        forget_old_history.enqueue()
        DBTaskResult.objects.update(task_path=old)
        assert queue.run_one("worker") is True
        assert DBTaskResult.objects.get().status == "SUCCESSFUL"
        DBTaskResult.objects.all().delete()


def test_a_job_whose_code_is_gone_is_recorded_as_failed():
    sample.add_line.enqueue("x", "y")
    DBTaskResult.objects.update(task_path="tests.livrya.site.jobs.sample.gone")
    assert queue.run_one("worker") is True
    assert DBTaskResult.objects.get().status == "FAILED"


def test_a_job_cut_short_by_the_death_of_its_process_begins_again(written):
    sample.add_line.enqueue(str(written), "one")
    with transaction.atomic():
        DBTaskResult.objects.get().claim("dead")

    assert queue.run_one("worker") is False
    assert queue.requeue_abandoned() == 1
    assert queue.run_one("worker") is True
    assert DBTaskResult.objects.get().worker_ids == ["dead", "worker"]


def test_a_job_that_kills_its_process_every_time_is_given_up(written):
    sample.add_line.enqueue(str(written), "deadly")
    for attempt in range(queue.MAX_ATTEMPTS):
        with transaction.atomic():
            DBTaskResult.objects.get().claim(f"worker {attempt}")
        queue.requeue_abandoned()
    assert DBTaskResult.objects.get().status == "FAILED"
    assert queue.run_one("worker") is False


def test_jobs_that_ended_long_ago_are_forgotten_and_waiting_ones_are_not(written):
    for line in "ab":
        sample.add_line.enqueue(str(written), line)
    queue.run_one("worker")
    queue.forget_finished()
    assert DBTaskResult.objects.count() == 2
    DBTaskResult.objects.update(finished_at=timezone.now() - queue.KEPT - timedelta(minutes=1))
    queue.forget_finished()
    assert DBTaskResult.objects.get().status == "READY"
