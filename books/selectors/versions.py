"""Versions of a chapter's draft."""

from django.db.models import QuerySet

from books.models import Chapter, Version
from books.policies import Viewer
from books.policies.drafting import require_writing
from books.policies.people import versions_visible_to
from livrya.accounts.models import User
from realtime.errors import NotFound


def versions_of(viewer: User, chapter: Chapter) -> QuerySet[Version]:
    """Returns the chapter's versions with who made them, without their text, the newest first.

    The caller has got `chapter` from a selector. Raises Forbidden for who may not change it.
    """
    require_writing(viewer, chapter)
    return chapter.versions.select_related("actor").defer(*Version.LONG_FIELDS).order_by("-id")


def version_by_id(viewer: Viewer, version_id: int) -> Version:
    """Returns the version with its chapter and book. Raises NotFound also where `viewer` may not know of it."""
    found = Version.objects.filter(versions_visible_to(viewer), pk=version_id)
    version = found.select_related("chapter__book", "actor").first()
    if version is None:
        raise NotFound("There is no such version.")
    return version
