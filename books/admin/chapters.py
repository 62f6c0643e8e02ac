"""Chapters with their text and releases, and the versions of their drafts."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from books.admin.staff import Form, LibraryAdmin, WrittenElsewhere, actor
from books.models import Chapter, Version
from books.services import chapters as services
from books.services import releases

_CONTENT = ("title", "volume", "text", "note", "silent")


class ChapterForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker alone
    """`version` travels with the form: who has saved in between is not overwritten."""

    release_at = forms.SplitDateTimeField(
        required=False, widget=AdminSplitDateTime, help_text="Comes out by itself then (UTC)."
    )

    class Meta:
        model = Chapter
        fields = ("book", *_CONTENT, "version")
        widgets = {"version": forms.HiddenInput}


@admin.register(Chapter)
class ChapterAdmin(LibraryAdmin):
    """Releasing, taking back and closing comments are actions, each a decision of its own."""

    form = ChapterForm
    readonly_fields = (
        "number",
        "state",
        "publish_at",
        "published_at",
        "word_count",
        "comments_locked",
        "created_at",
        "updated_at",
    )
    autocomplete_fields = ("book",)
    list_display = ("title", "book", "number", "state", "publish_at", "published_at", "word_count")
    list_filter = ("state", "comments_locked", "silent")
    list_select_related = ("book",)
    search_fields = ("title", "book__title", "book__slug")
    actions = ("publish", "publish_silently", "unpublish", "unschedule", "lock", "unlock")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Chapter]:
        chapters: QuerySet[Chapter] = super().get_queryset(request)
        listing = request.resolver_match is not None and request.resolver_match.url_name == "books_chapter_changelist"
        return chapters.defer(*Chapter.LONG_FIELDS) if listing else chapters

    def get_fields(self, request: HttpRequest, obj: Chapter | None = None) -> Any:
        if obj is None:
            return ("book", *_CONTENT)
        return ("book", *_CONTENT, "version", "release_at", *self.readonly_fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Chapter | None = None) -> tuple[str, ...]:
        return (*self.readonly_fields, "book") if obj else self.readonly_fields

    def create_object(self, request: HttpRequest, form: Form, parent: Model | None) -> Chapter:
        given = {name: form.cleaned_data[name] for name in _CONTENT}
        return services.create_chapter(actor=actor(request), book_id=form.cleaned_data["book"].pk, **given)

    def change_object(self, request: HttpRequest, stored: Chapter, form: Form) -> None:
        given: Any = {name: form.cleaned_data[name] for name in form.changed_data if name in _CONTENT}
        if given:
            version = form.cleaned_data["version"]
            services.update_chapter(actor=actor(request), chapter_id=stored.pk, version=version, **given)
        if release_at := form.cleaned_data["release_at"]:
            releases.schedule_chapter(actor=actor(request), chapter_id=stored.pk, publish_at=release_at)

    def remove_object(self, request: HttpRequest, stored: Chapter) -> None:
        services.delete_chapter(actor=actor(request), chapter_id=stored.pk)

    @admin.action(description="Publish", permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Chapter]) -> None:
        self._each(request, queryset, releases.publish_chapter, "Published.")

    @admin.action(description="Publish without notifying anybody", permissions=["change"])
    def publish_silently(self, request: HttpRequest, queryset: QuerySet[Chapter]) -> None:
        self._each(request, queryset, releases.publish_chapter, "Published.", silent=True)

    @admin.action(description="Take back", permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Chapter]) -> None:
        self._each(request, queryset, releases.unpublish_chapter, "Taken back.")

    @admin.action(description="Take off the schedule", permissions=["change"])
    def unschedule(self, request: HttpRequest, queryset: QuerySet[Chapter]) -> None:
        self._each(request, queryset, releases.unschedule_chapter, "Taken off the schedule.")

    @admin.action(description="Close the comments", permissions=["change"])
    def lock(self, request: HttpRequest, queryset: QuerySet[Chapter]) -> None:
        self._each(request, queryset, services.lock_comments, "Closed.", locked=True)

    @admin.action(description="Open the comments", permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[Chapter]) -> None:
        self._each(request, queryset, services.lock_comments, "Opened.", locked=False)

    def _each(self, request: HttpRequest, chosen: QuerySet[Chapter], service: Any, done: str, **given: Any) -> None:
        in_order = chosen.order_by("book", "number")
        self.for_each(
            request, in_order, lambda chapter: service(actor=actor(request), chapter_id=chapter.pk, **given), done
        )


@admin.register(Version)
class VersionAdmin(WrittenElsewhere, LibraryAdmin):
    """What drafts once said, to be looked at: who writes the chapter names, restores and deletes."""

    list_display = ("__str__", "chapter", "kind", "actor", "word_count", "created_at")
    list_filter = ("kind",)
    list_select_related = ("actor", "chapter")
    search_fields = ("name", "chapter__title", "chapter__book__title")
    fields = ("chapter", "kind", "name", "actor", "word_count", "created_at", "text")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        found: QuerySet[Version] = super().get_queryset(request)
        return found.defer("paragraph_ids", *(f"chapter__{name}" for name in Chapter.LONG_FIELDS))

    def has_delete_permission(self, request: HttpRequest, obj: Version | None = None) -> bool:
        return False
