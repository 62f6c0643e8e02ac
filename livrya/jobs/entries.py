"""The schedule of the whole project."""

from django_tasks import task

from books.selectors.chapters import next_due_at
from books.services.releases import publish_due_chapters
from livrya.jobs.queue import forget_finished
from livrya.jobs.schedule import Periodic
from realtime.retention import prune


@task()
def forget_old_history() -> None:
    """Removes events, answers, tickets and records of jobs that have outlived their time, in small batches."""
    prune()
    forget_finished()


SCHEDULE: list[Periodic] = [
    Periodic("publish due chapters", publish_due_chapters, every_s=10.0, due=next_due_at),
    Periodic("forget old history", forget_old_history.enqueue, every_s=6 * 3600),
]
"""What runs by the clock, see `Periodic`."""
