"""Who works on a book, who may read a private one."""

from enum import IntFlag

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from books.models.book import Book


class CreditKind(models.TextChoices):
    AUTHOR = "author", _("Author")
    CO_AUTHOR = "co_author", _("Co-author")
    EDITOR = "editor", _("Editor")
    NARRATOR = "narrator", _("Narrator")
    TRANSLATOR = "translator", _("Translator")
    BETA = "beta", _("Beta reader")


class Right(IntFlag):
    """What a credited person may do, one bit each."""

    VIEW_DASHBOARD = 1
    VIEW_ANALYTICS = 2
    EDIT_DRAFTS = 4
    EDIT_CHAPTERS = 8
    PUBLISH = 16
    DELETE = 32
    MODERATE_COMMENTS = 64
    EDIT_INFO = 128
    CHANGE_TAGS = 256
    EDIT_VOLUMES = 512

    @property
    def label(self) -> str:
        return str(self.name).replace("_", " ").capitalize()


ALL_RIGHTS = sum(Right)

DEFAULT_RIGHTS: dict[str, int] = {
    CreditKind.AUTHOR: ALL_RIGHTS,
    CreditKind.CO_AUTHOR: ALL_RIGHTS & ~Right.DELETE,
    CreditKind.EDITOR: Right.VIEW_DASHBOARD | Right.EDIT_DRAFTS | Right.EDIT_CHAPTERS,
    CreditKind.NARRATOR: int(Right.VIEW_DASHBOARD),
    CreditKind.TRANSLATOR: Right.VIEW_DASHBOARD | Right.EDIT_DRAFTS,
    CreditKind.BETA: int(Right.VIEW_DASHBOARD),
}


class Credit(models.Model):
    """A person's part in a book. It counts once its holder has accepted; the author alone holds all rights for ever."""

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="credits")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="credits")
    kind = models.CharField(max_length=12, choices=CreditKind.choices)
    rights = models.PositiveIntegerField(default=0)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["book", "user"], name="credit_once_per_person"),
            models.UniqueConstraint(fields=["book"], condition=Q(kind="author"), name="credit_one_author"),
            models.CheckConstraint(condition=Q(kind__in=CreditKind.values), name="credit_kind_known"),
            models.CheckConstraint(condition=Q(rights__lt=1024), name="credit_rights_known"),
            models.CheckConstraint(
                condition=~Q(kind="author") | (Q(rights=ALL_RIGHTS) & Q(accepted_at__isnull=False)),
                name="credit_author_holds_all",
            ),
        ]
        indexes = [models.Index(fields=["user", "accepted_at"], name="credit_of_person")]

    @property
    def rights_held(self) -> list[Right]:
        """The rights that are set, in their fixed order."""
        return [right for right in Right if right & self.rights]


class Invitation(models.Model):
    """Permission to read a private book, once its reader has accepted."""

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="invitations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="book_invitations")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["book", "user"], name="invitation_once_per_person")]
        indexes = [models.Index(fields=["user", "accepted_at"], name="invitation_of_person")]
