"""Books with their people and chapters."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminFileWidget
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from books import limits
from books.admin.staff import Form, LibraryAdmin, WrittenElsewhere, actor
from books.models import Book, Chapter, ContentWarning, Credit, CreditKind, Invitation, Right, Tag
from books.services import books as services
from books.services import chapters, credits, invitations
from livrya.accounts.models import User
from livrya.kit.pictures import PictureField
from realtime.admin import ServiceInline
from realtime.errors import ApplicationError

_COVER_REFUSED = "_cover_refused"


class FlagsField(forms.TypedMultipleChoiceField):
    """A bitmask as check boxes."""

    def __init__(self, flags: Any, **kwargs: Any) -> None:
        self.bits = [int(flag) for flag in flags]
        choices = [(int(flag), flag.label) for flag in flags]
        super().__init__(choices=choices, coerce=int, required=False, widget=forms.CheckboxSelectMultiple, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return [bit for bit in self.bits if bit & value] if isinstance(value, int) else value

    def clean(self, value: Any) -> int:
        return sum(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial or 0), data)


class BookForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker alone
    author = forms.ModelChoiceField(User.objects.filter(is_active=True), required=False, help_text="You, if empty.")
    warnings = FlagsField(ContentWarning)
    tags = forms.CharField(
        required=False, max_length=limits.TAG * limits.TAGS_PER_BOOK, help_text="Separated by commas."
    )
    cover = PictureField(required=False, widget=AdminFileWidget)

    class Meta:
        model = Book
        fields = (
            "title",
            "blurb",
            "byline",
            "licence",
            "language",
            "rating",
            "warnings",
            "tags",
            "progress",
            "visibility",
            "default_note",
            "cover",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["author"]
            self.initial["tags"] = ", ".join(tag.name for tag in self.instance.tags.all())

    def clean_tags(self) -> list[str]:
        return [name.strip() for name in self.cleaned_data["tags"].split(",") if name.strip()]


class CreditForm(forms.ModelForm):  # type: ignore[type-arg]
    rights = FlagsField(Right)

    class Meta:
        model = Credit
        fields = ("user", "kind", "rights")


class Credits(ServiceInline, admin.TabularInline):  # type: ignore[type-arg]
    """People of a book; who is added here is asked, and counts once they accept."""

    model = Credit
    form = CreditForm
    fk_name = "book"
    extra = 0
    fields = ("user", "kind", "rights", "accepted_at")
    readonly_fields = ("accepted_at",)
    autocomplete_fields = ("user",)

    def create_object(self, request: HttpRequest, form: Form, parent: Model | None) -> Credit:
        assert isinstance(parent, Book)
        given = form.cleaned_data
        return credits.invite_person(
            actor=actor(request),
            book_id=parent.pk,
            user_id=given["user"].pk,
            kind=given["kind"],
            rights=given["rights"] or None,
        )

    def change_object(self, request: HttpRequest, stored: Credit, form: Form) -> None:
        given = {name: form.cleaned_data[name] for name in ("kind", "rights") if name in form.changed_data}
        credits.change_credit(actor=actor(request), credit_id=stored.pk, **given)

    def remove_object(self, request: HttpRequest, stored: Credit) -> None:
        credits.remove_credit(actor=actor(request), credit_id=stored.pk)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Credit]:
        # The author's own part is not for changing.
        return super().get_queryset(request).exclude(kind=CreditKind.AUTHOR)


class Invitations(ServiceInline, admin.TabularInline):  # type: ignore[type-arg]
    """Readers of a private book."""

    model = Invitation
    fk_name = "book"
    extra = 0
    fields = ("user", "accepted_at")
    readonly_fields = ("accepted_at",)
    autocomplete_fields = ("user",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def create_object(self, request: HttpRequest, form: Form, parent: Model | None) -> Invitation:
        assert parent is not None
        user_id = form.cleaned_data["user"].pk
        return invitations.invite_reader(actor=actor(request), book_id=parent.pk, user_id=user_id)

    def remove_object(self, request: HttpRequest, stored: Invitation) -> None:
        invitations.end_invitation(actor=actor(request), invitation_id=stored.pk)


class Chapters(ServiceInline, admin.TabularInline):  # type: ignore[type-arg]
    """A book's chapters by title; each has a page of its own for its text."""

    model = Chapter
    extra = 0
    fields = ("number", "volume", "title", "state", "word_count")
    readonly_fields = ("number", "state", "word_count")
    ordering = ("number",)
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Chapter]:
        return super().get_queryset(request).defer(*Chapter.LONG_FIELDS)

    def create_object(self, request: HttpRequest, form: Form, parent: Model | None) -> Chapter:
        assert parent is not None
        return chapters.create_chapter(
            actor=actor(request),
            book_id=parent.pk,
            title=form.cleaned_data["title"],
            volume=form.cleaned_data["volume"],
        )

    def change_object(self, request: HttpRequest, stored: Chapter, form: Form) -> None:
        given = {name: form.cleaned_data[name] for name in form.changed_data}
        chapters.update_chapter(actor=actor(request), chapter_id=stored.pk, **given)

    def remove_object(self, request: HttpRequest, stored: Chapter) -> None:
        chapters.delete_chapter(actor=actor(request), chapter_id=stored.pk)


@admin.register(Book)
class BookAdmin(LibraryAdmin):
    """Taking a book out of sight is an action; what its row sums up is only shown."""

    form = BookForm
    readonly_fields = (
        "slug",
        "hidden_at",
        "published_count",
        "word_count",
        "last_published_at",
        "subscriber_count",
        "review_count",
        "rating_sum",
        "created_at",
        "updated_at",
    )
    inlines = (Credits, Invitations, Chapters)
    list_display = ("title", "slug", "visibility", "hidden_at", "published_count", "subscriber_count")
    list_filter = ("visibility", ("hidden_at", admin.EmptyFieldListFilter), "rating", "progress")
    search_fields = ("title", "slug", "byline")
    actions = ("hide", "restore")

    def get_fields(self, request: HttpRequest, obj: Book | None = None) -> Any:
        fields = list(BookForm.Meta.fields)
        return [*fields, *self.readonly_fields] if obj else ["author", *fields]

    def get_inlines(self, request: HttpRequest, obj: Book | None) -> Any:
        return self.inlines if obj else ()

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Before the transaction begins: nobody's writing waits for a picture.
        if request.method == "POST" and (cover := request.FILES.get("cover")):
            try:
                request.FILES["cover"] = services.encode_cover(cover)  # type: ignore[assignment]  # a file as good
            except ApplicationError as refusal:
                setattr(request, _COVER_REFUSED, refusal)
        return super().changeform_view(request, *args, **kwargs)

    def create_object(self, request: HttpRequest, form: Form, parent: Model | None) -> Book:
        given = dict(form.cleaned_data)
        cover = given.pop("cover")
        made = services.create_book(actor=actor(request), author=given.pop("author"), **given)
        if cover:
            self._set_cover(request, made, cover)
        return made

    def change_object(self, request: HttpRequest, stored: Book, form: Form) -> None:
        given: Any = {name: form.cleaned_data[name] for name in form.changed_data}
        if "cover" in given:
            # False: the box that clears it was ticked.
            self._set_cover(request, stored, given.pop("cover") or None)
        if given:
            services.update_book(actor=actor(request), book_id=stored.pk, **given)

    def _set_cover(self, request: HttpRequest, book: Book, cover: Any) -> None:
        if refusal := getattr(request, _COVER_REFUSED, None):
            raise refusal
        services.set_cover(actor=actor(request), book_id=book.pk, upload=cover)

    def remove_object(self, request: HttpRequest, stored: Book) -> None:
        services.delete_book(actor=actor(request), book_id=stored.pk)

    @admin.action(description="Take out of sight", permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Book]) -> None:
        self.for_each(
            request, queryset, lambda book: services.hide_book(actor=actor(request), book_id=book.pk), "Hidden."
        )

    @admin.action(description="Bring back into sight", permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Book]) -> None:
        self.for_each(
            request, queryset, lambda book: services.restore_book(actor=actor(request), book_id=book.pk), "Restored."
        )


@admin.register(Tag)
class TagAdmin(WrittenElsewhere, LibraryAdmin):
    """Tags come with their books."""

    list_display = ("name", "slug")
    search_fields = ("name",)

    def has_delete_permission(self, request: HttpRequest, obj: Tag | None = None) -> bool:
        return False
