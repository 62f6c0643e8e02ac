"""The schedule of the whole project."""

from books.selectors.chapters import next_due_at
from books.services.releases import publish_due_chapters
from livrya.jobs.schedule import Periodic

SCHEDULE: list[Periodic] = [
    Periodic("publish due chapters", publish_due_chapters, every_s=10.0, due=next_due_at),
]
"""What runs by the clock, see `Periodic`."""
