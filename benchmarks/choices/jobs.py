"""The runner of jobs and django-tasks' worker, each on its own for a few seconds."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from django.db import connection
from django_tasks import TaskResultStatus, task
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

import realtime
from benchmarks.choices.statements import of_new_connections
from benchmarks.choices.tables import table
from livrya.site.jobs import process
from livrya.site.jobs.runner import Runner

IDLE_S = 8.0
JOBS = 10
PAUSE_S = 0.37
"""Between two jobs, no multiple of anybody's interval."""
PATIENCE_S = 10.0

_began: dict[int, float] = {}


@task()
def note(number: int) -> None:
    """Notes when it began."""
    _began[number] = time.monotonic()


@contextmanager
def ours() -> Iterator[None]:
    """Runs the product's runner, without its schedule: that the library has none is no cost of jobs."""
    runner: Runner = process.make_runner()
    runner._schedule = ()
    thread = threading.Thread(target=runner.run)
    thread.start()
    try:
        yield
    finally:
        runner.stop()
        thread.join()


@contextmanager
def theirs() -> Iterator[None]:
    """Runs django-tasks-db's worker with the settings that `manage.py db_worker` has."""
    worker = Worker(
        queue_names=["default"],
        interval=1,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="choice",
        excluded_queue_names=[],
    )

    def run() -> None:
        worker.run()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        worker.running = False
        thread.join()


def _began_within_ms(number: int) -> float:
    with realtime.atomic():
        note.enqueue(number)
    committed = time.monotonic()
    while number not in _began:
        if time.monotonic() - committed > PATIENCE_S:
            return float("inf")
        time.sleep(0.002)
    return max(0.0, (_began[number] - committed) * 1000)


def _abandon() -> str:
    """Leaves a job as a worker that was killed in it does; returns its id."""
    result = note.enqueue(-1)
    DBTaskResult.objects.filter(pk=result.id).update(status=TaskResultStatus.RUNNING, worker_ids=["dead"])
    return str(result.id)


def measure() -> list[str]:
    """Returns what waiting costs, how long a job waits, and what becomes of one whose process died."""
    rows: list[tuple[object, ...]] = []
    for name, way in (("our runner (chosen)", ours), ("`db_worker`", theirs)):
        DBTaskResult.objects.all().delete()
        _began.clear()
        abandoned = _abandon()
        with of_new_connections() as counted, way():
            time.sleep(2.0)
            before = counted.count
            time.sleep(IDLE_S)
            idle = counted.count - before
            waits = []
            for number in range(JOBS):
                waits.append(_began_within_ms(number))
                time.sleep(PAUSE_S)
        resumed = DBTaskResult.objects.get(pk=abandoned).status == TaskResultStatus.SUCCESSFUL
        per_minute = round(idle / IDLE_S * 60)
        rows.append((name, per_minute, median(waits), max(waits), "begun again" if resumed else "is left as running"))
    columns = (
        "jobs",
        "statements a minute, idle",
        "ms from commit to begin, median",
        "ms at most",
        "a job whose process died",
    )
    return table(columns, rows)
