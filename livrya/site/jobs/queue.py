"""The rows of waiting jobs: how one is claimed, carried out and recorded."""

import logging
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks.base import TaskContext
from django_tasks.signals import task_finished, task_started
from django_tasks_db.models import DBTaskResult

import realtime
from realtime.errors import ApplicationError

logger = logging.getLogger("livrya.site.jobs")

MAX_ATTEMPTS = 5
"""A job that failed for a passing reason, or whose process died in it, begins this many times at most."""
KEPT = timedelta(days=7)
"""How long it can be looked up how a job ended."""
MOVED = {"livrya.jobs.entries.forget_old_history": "livrya.site.jobs.entries.forget_old_history"}
"""Where the code of jobs lives now that were queued by the release before; goes with the next one."""
RETRY_S = 2.0
"""The pause before the second attempt; it doubles with every further one."""


def requeue_abandoned() -> int:
    """Makes jobs that dead processes left half-done ready again and returns how many.

    Only for the holder of the lease, between two jobs: then whatever is marked as running is not.
    """
    abandoned = list(DBTaskResult.objects.running())
    if not abandoned:
        return 0
    with realtime.atomic():
        for row in abandoned:
            if len(row.worker_ids) < MAX_ATTEMPTS:
                row.status = TaskResultStatus.READY
                row.save(update_fields=["status"])
            else:
                row.set_failed(RuntimeError(f"Its process died in it {MAX_ATTEMPTS} times."))
    logger.warning("resuming %d jobs that were cut short", len(abandoned))
    return len(abandoned)


def forget_finished() -> None:
    """Removes the rows of jobs that ended a while ago."""
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEPT).delete()


def run_one(worker_id: str) -> bool:
    """Carries out the next job that is due and records its end; false when none is.

    What a job raises is recorded, not raised: as failed, or, for a passing reason (the database did not
    answer, an error marked retryable), as ready again after a pause. Raises only when recording fails.
    """
    row = _claim(worker_id)
    if row is None:
        return False
    try:
        result = row.task_result
        backend = type(result.task.get_backend())
        task_started.send(sender=backend, task_result=result)
        context = (TaskContext(task_result=result),) if result.task.takes_context else ()  # type: ignore[arg-type]  # django-tasks-db subclasses it
        row.set_successful(result.task.call(*context, *result.args, **result.kwargs))
    except Exception as error:
        if DBTaskResult.objects.filter(pk=row.pk).exists():
            _record_failure(row, error)
        else:
            logger.warning("job %s (%s) was deleted while it ran", row.task_path, row.id)
        return True
    task_finished.send(sender=backend, task_result=row.task_result)
    return True


def _claim(worker_id: str) -> "DBTaskResult[Any, Any] | None":
    due = DBTaskResult.objects.ready().filter(backend_name="default")
    if not due.exists():  # asked first, so that an idle runner takes no write lock
        return None
    with realtime.atomic():
        row = due.get_locked()
        if row:
            if row.task_path in MOVED:
                row.task_path = MOVED[row.task_path]
                row.save(update_fields=["task_path"])
            row.claim(worker_id)
        return row


def _record_failure(row: "DBTaskResult[Any, Any]", error: Exception) -> None:
    attempts = len(row.worker_ids)
    if _is_passing(error) and attempts < MAX_ATTEMPTS:
        pause_s = RETRY_S * 2 ** (attempts - 1)
        logger.warning("job %s (%s) failed and is tried again in %g s: %s", row.task_path, row.id, pause_s, error)
        row.status = TaskResultStatus.READY
        row.run_after = timezone.now() + timedelta(seconds=pause_s)
        row.save(update_fields=["status", "run_after"])
        return
    logger.error("job %s (%s) failed", row.task_path, row.id, exc_info=error)
    row.set_failed(error)


def _is_passing(error: Exception) -> bool:
    if isinstance(error, ApplicationError):
        return error.retryable
    return isinstance(error, OperationalError | InterfaceError)
