"""Comments of a chapter, and the reactions to them."""

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from books.models import Chapter, Comment, Reaction
from books.policies import Viewer
from books.policies.people import comments_visible_to
from realtime.errors import NotFound


def comments_of(chapter: Chapter) -> QuerySet[Comment]:
    """Returns the chapter's comments with their authors, threads oldest first, replies below their parent.

    Deleted and hidden ones are there while something visible answers them; whoever shows them shows no text.
    `path` is unique and in this order: the cursor for pages.
    """
    below = Q(path__gt=OuterRef("path"), path__lt=Concat(OuterRef("path"), Value("9" * 12)))
    answered = Comment.objects.filter(
        below, chapter=OuterRef("chapter"), deleted_at__isnull=True, hidden_at__isnull=True
    )
    return (
        Comment.objects.filter(Q(deleted_at__isnull=True, hidden_at__isnull=True) | Exists(answered), chapter=chapter)
        .select_related("author")
        .order_by("path")
    )


def comment_by_id(viewer: Viewer, comment_id: int) -> Comment:
    """Returns the comment with its author, what it answers, chapter and book.

    Raises NotFound also where `viewer` may not see it.
    """
    comment = (
        Comment.objects.filter(comments_visible_to(viewer), pk=comment_id)
        .select_related("author", "parent__author", "chapter__book")
        .defer(*Comment.LONG_FIELDS)
        .first()
    )
    if comment is None:
        raise NotFound("There is no such comment.")
    return comment


def comment_count(chapter: Chapter) -> int:
    """Returns how many comments of the chapter can be seen."""
    return Comment.objects.filter(chapter=chapter, deleted_at__isnull=True, hidden_at__isnull=True).count()


def reactions_of(comment_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Returns for each of the comments with reactions how many of which kind, in one query."""
    counts: dict[int, dict[str, int]] = {}
    rows = Reaction.objects.filter(comment_id__in=list(comment_ids)).values_list("comment_id", "kind")
    for comment_id, kind, count in rows.annotate(count=Count("pk")).order_by("comment_id", "kind"):
        counts.setdefault(comment_id, {})[kind] = count
    return counts


def own_reactions(viewer: Viewer, comment_ids: Iterable[int]) -> dict[int, set[str]]:
    """Returns which kinds `viewer` has given to each of the comments, in one query."""
    own: dict[int, set[str]] = {}
    if viewer is not None and viewer.is_authenticated:
        rows = Reaction.objects.filter(comment_id__in=list(comment_ids), user_id=viewer.pk)
        for comment_id, kind in rows.values_list("comment_id", "kind"):
            own.setdefault(comment_id, set()).add(kind)
    return own
