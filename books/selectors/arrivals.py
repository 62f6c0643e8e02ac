"""What is new, and what is about to come, in the books that a reader follows."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from books.models import Chapter, ChapterState, ReadingProgress, Subscription, SubscriptionLevel
from books.policies import Viewer, viewer_id, visible_to

COMING_UP_HOURS = 24


def new_chapters(viewer: Viewer) -> QuerySet[Chapter]:
    """Returns the published chapters of followed books that the viewer has not opened, the newest first.

    With their books, without their text. Chapters older than the subscription count as known.
    """
    opened = ReadingProgress.objects.filter(user_id=viewer_id(viewer), chapter=OuterRef("pk"))
    since_following = Subscription.objects.filter(
        user_id=viewer_id(viewer), book=OuterRef("book"), created_at__lte=OuterRef("published_at")
    ).exclude(level=SubscriptionLevel.MUTED)
    return (
        _followed(viewer)
        .filter(Exists(since_following), ~Exists(opened), state=ChapterState.PUBLISHED)
        .order_by("-published_at", "-id")
    )


def coming_up(viewer: Viewer) -> QuerySet[Chapter]:
    """Returns the followed books' chapters that come out within a day, the next first; their titles are secret."""
    until = timezone.now() + timedelta(hours=COMING_UP_HOURS)
    return _followed(viewer).filter(state=ChapterState.SCHEDULED, publish_at__lte=until).order_by("publish_at", "id")


def _followed(viewer: Viewer) -> QuerySet[Chapter]:
    subscribed = Subscription.objects.filter(user_id=viewer_id(viewer), book=OuterRef("book"))
    chapters = Chapter.objects.filter(visible_to(viewer, "book__"), Exists(subscribed))
    return chapters.select_related("book").defer(*Chapter.LONG_FIELDS)
