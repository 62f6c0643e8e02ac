"""The schedule of the whole project."""

from django_tasks import task

from books.selectors.chapters import next_due_at
from books.services.clashes import prune as prune_clashes
from books.services.imports import prune as prune_imports
from books.services.keeping import prune as prune_versions
from books.services.releases import publish_due_chapters
from livrya.accounts.services.access import end_suspensions, next_suspension_end
from livrya.accounts.services.tokens import prune as prune_tokens
from livrya.accounts.sessions import SessionStore
from livrya.site.jobs.queue import forget_finished
from livrya.site.jobs.schedule import Periodic
from notifications.services import prune as prune_notifications
from realtime.log.retention import prune
from social.services.attachments import forget_unsent
from social.services.seats import end_lapsed_seats, next_seat_end


@task()
def forget_old_history() -> None:
    """Removes what has outlived its time, in small batches.

    Events, answers, tickets, records of jobs, sign-ins, notifications read long ago, uploads never sent, files
    that were to be imported, versions of drafts that have become superfluous, and what was settled in drafts.
    """
    prune()
    forget_finished()
    SessionStore.clear_expired()
    prune_tokens()
    prune_notifications()
    forget_unsent()
    prune_versions()
    prune_imports()
    prune_clashes()


SCHEDULE: list[Periodic] = [
    Periodic("publish due chapters", publish_due_chapters, every_s=10.0, due=next_due_at),
    Periodic("give back seats in groups", end_lapsed_seats, every_s=10.0, due=next_seat_end),
    Periodic("end suspensions", end_suspensions, every_s=60.0, due=next_suspension_end),
    Periodic("forget old history", forget_old_history.enqueue, every_s=6 * 3600),
]
"""What runs by the clock, see `Periodic`."""
