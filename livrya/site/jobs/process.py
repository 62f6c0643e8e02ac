"""The runner of this process: started once, woken by its own jobs, stopped on the way out."""

import atexit
import secrets
import threading
from typing import Any

from django.db import transaction
from django_tasks.signals import task_enqueued

from livrya.site.jobs.entries import SCHEDULE
from livrya.site.jobs.runner import Runner
from realtime.log import leases

LEASE = "jobs"
LEASE_S = 15.0
"""How long the jobs of a process that died wait for another at most; three renewals."""

_guard = threading.Lock()
_runner: Runner | None = None
_keeper: threading.Thread | None = None


def start_runner() -> None:
    """Starts this process's runner in daemon threads; once, however often it is called.

    The lease decides whether it works or stands by. The database may be away or not yet migrated: the runner
    waits for it.
    """
    global _runner, _keeper
    with _guard:
        if _keeper and _keeper.is_alive():
            return
        _runner = make_runner()
        _keeper = threading.Thread(target=_runner.run, name="jobs-keeper", daemon=True)
        _keeper.start()


def stop_runner(timeout: float = 5.0) -> bool:
    """Stops the runner and gives its lease to the next; false when the job in hand outlasted `timeout` seconds.

    Such a job is cut short when the process ends, and begins again in the next runner.
    """
    global _runner, _keeper
    with _guard:
        runner, keeper = _runner, _keeper
        _runner = _keeper = None
    if not runner or not keeper:
        return True
    runner.stop()
    keeper.join(timeout)
    return not keeper.is_alive()


def make_runner() -> Runner:
    """Returns a runner that wakes when this process enqueues a job."""
    runner = Runner(_JobsLease(), SCHEDULE)

    def wake(sender: Any, **kwargs: Any) -> None:
        transaction.on_commit(runner.wake)

    task_enqueued.connect(wake, dispatch_uid="livrya.site.jobs", weak=False)
    return runner


class _JobsLease:
    """The installation's one lease for jobs, as one process sees it."""

    def __init__(self) -> None:
        self._holder = secrets.token_hex(8)

    def acquire(self) -> bool:
        return leases.acquire(LEASE, holder=self._holder, seconds=LEASE_S)

    def release(self) -> None:
        leases.release(LEASE, holder=self._holder)


# The autoreloader and a plain exit end the process without asking: the next one need not wait for the lease.
atexit.register(stop_runner, 2.0)
