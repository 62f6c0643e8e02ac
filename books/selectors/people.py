"""Who works on a book, who is asked to."""

from django.db.models import QuerySet

from books.models import Book, Credit, CreditKind, Invitation
from books.policies import Viewer, viewer_id


def credits_of(book: Book) -> QuerySet[Credit]:
    """Returns all credits of the book, accepted or not, with their people."""
    return Credit.objects.filter(book=book).select_related("user").order_by("id")


def invitations_of(book: Book) -> QuerySet[Invitation]:
    """Returns the readers of a private book, accepted or not."""
    return Invitation.objects.filter(book=book).select_related("user").order_by("id")


def waiting_credits(viewer: Viewer) -> QuerySet[Credit]:
    """Returns the parts in books that `viewer` has been offered and has not yet answered."""
    return (
        Credit.objects.filter(user_id=viewer_id(viewer), accepted_at__isnull=True)
        .select_related("book", "invited_by")
        .order_by("-id")
    )


def waiting_invitations(viewer: Viewer) -> QuerySet[Invitation]:
    """Returns the private books that `viewer` has been invited to read and has not yet answered."""
    return (
        Invitation.objects.filter(user_id=viewer_id(viewer), accepted_at__isnull=True)
        .select_related("book", "invited_by")
        .order_by("-id")
    )


def authors_of(book_id: int) -> list[int]:
    """Returns the ids of the book's author and co-authors, the author first."""
    kinds = (CreditKind.AUTHOR, CreditKind.CO_AUTHOR)
    credits = Credit.objects.filter(book_id=book_id, kind__in=kinds, accepted_at__isnull=False)
    return list(credits.order_by("kind", "id").values_list("user_id", flat=True))
