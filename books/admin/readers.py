"""What readers write: looked at, taken out of sight, deleted; never changed in their name."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from books.admin.staff import LibraryAdmin, WrittenElsewhere, actor
from books.models import Comment, Review, Subscription
from books.services import comments, reviews


@admin.register(Comment)
class CommentAdmin(WrittenElsewhere, LibraryAdmin):
    """Deleting leaves the place, without the words."""

    list_display = ("__str__", "author", "chapter", "created_at", "hidden_at", "deleted_at")
    list_filter = (("hidden_at", admin.EmptyFieldListFilter), ("deleted_at", admin.EmptyFieldListFilter))
    list_select_related = ("author", "chapter")
    search_fields = ("text", "author__username")
    actions = ("hide", "restore")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        found: QuerySet[Comment] = super().get_queryset(request)
        return found.defer(*Comment.LONG_FIELDS)

    def remove_object(self, request: HttpRequest, stored: Comment) -> None:
        comments.delete_comment(actor=actor(request), comment_id=stored.pk)

    @admin.action(description="Take out of sight", permissions=["delete"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        self.for_each(
            request, queryset, lambda said: comments.hide_comment(actor=actor(request), comment_id=said.pk), "Hidden."
        )

    @admin.action(description="Bring back into sight", permissions=["delete"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        self.for_each(
            request,
            queryset,
            lambda said: comments.restore_comment(actor=actor(request), comment_id=said.pk),
            "Restored.",
        )


@admin.register(Review)
class ReviewAdmin(WrittenElsewhere, LibraryAdmin):
    """A review out of sight does not count among the book's stars."""

    list_display = ("book", "author", "rating", "created_at", "hidden_at")
    list_filter = ("rating", ("hidden_at", admin.EmptyFieldListFilter))
    list_select_related = ("book", "author")
    search_fields = ("text", "author__username", "book__title")
    actions = ("hide", "restore")

    def remove_object(self, request: HttpRequest, stored: Review) -> None:
        reviews.delete_review(actor=actor(request), review_id=stored.pk)

    @admin.action(description="Take out of sight", permissions=["delete"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Review]) -> None:
        self.for_each(
            request, queryset, lambda found: reviews.hide_review(actor=actor(request), review_id=found.pk), "Hidden."
        )

    @admin.action(description="Bring back into sight", permissions=["delete"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Review]) -> None:
        self.for_each(
            request,
            queryset,
            lambda found: reviews.restore_review(actor=actor(request), review_id=found.pk),
            "Restored.",
        )


@admin.register(Subscription)
class SubscriptionAdmin(WrittenElsewhere, LibraryAdmin):
    """Who follows which book is for them to choose."""

    list_display = ("book", "user", "level", "created_at")
    list_filter = ("level",)
    list_select_related = ("book", "user")
    search_fields = ("book__title", "user__username")

    def has_delete_permission(self, request: HttpRequest, obj: Subscription | None = None) -> bool:
        return False
