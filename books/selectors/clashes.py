"""Words that merging has lost or doubled, for whoever writes the draft."""

from django.db.models import QuerySet

from books.models import Chapter, Clash
from books.policies.drafting import require_writing
from livrya.accounts.models import User

MOST_SHOWN = 50
"""At once; when these are settled the others come."""


def open_clashes(viewer: User, chapter: Chapter) -> QuerySet[Clash]:
    """Returns what is not settled, the oldest first, with who wrote the words.

    The caller has got `chapter` from a selector. Raises Forbidden for who may not change it.
    """
    require_writing(viewer, chapter)
    return chapter.clashes.filter(settled_at__isnull=True).select_related("author").order_by("id")[:MOST_SHOWN]
