"""What the pages' forms accept; services check again and have the last word."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from books import limits
from books.importing.foreign.formats import KINDS
from books.models import Book, Chapter, ContentRating, ContentWarning, CreditKind, Progress, Visibility
from livrya.kit.pictures import PictureField


class BookForm(forms.Form):
    """Everything about a book but its chapters and people."""

    title = forms.CharField(max_length=limits.TITLE)
    blurb = forms.CharField(max_length=limits.SUMMARY, required=False, widget=forms.Textarea(attrs={"rows": 5}))
    language = forms.CharField(max_length=35, initial="en", help_text="A language tag such as en, ar or zh-Hant.")
    rating = forms.ChoiceField(choices=ContentRating.choices, initial=ContentRating.GENERAL)
    warnings = forms.TypedMultipleChoiceField(
        choices=[(warning.value, warning.label) for warning in ContentWarning],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    tags = forms.CharField(required=False, help_text="Separated by commas.")
    progress = forms.ChoiceField(choices=Progress.choices, initial=Progress.ONGOING)
    visibility = forms.ChoiceField(choices=Visibility.choices, initial=Visibility.PUBLIC)
    default_note = forms.CharField(
        max_length=limits.NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Put under every new chapter, until you change it there.",
    )
    cover = PictureField(required=False)

    def __init__(self, *args: Any, book: Book | None = None, **kwargs: Any) -> None:
        if book is not None:
            kwargs["initial"] = {name: getattr(book, name) for name in self.base_fields if hasattr(book, name)} | {
                "warnings": [warning.value for warning in book.content_warnings],
                "tags": ", ".join(book.tags.values_list("name", flat=True)),
                "cover": None,
            }
        super().__init__(*args, **kwargs)
        if book is None:
            del self.fields["cover"]

    def facts(self) -> dict[str, Any]:
        """Returns the keyword arguments of the services that create and update a book."""
        facts = {name: value for name, value in self.cleaned_data.items() if name != "cover"}
        facts["warnings"] = sum(self.cleaned_data["warnings"])
        facts["tags"] = [tag.strip() for tag in self.cleaned_data["tags"].split(",") if tag.strip()]
        return facts


class ChapterForm(forms.Form):
    """A chapter's words; `version` is the one that the writer began from."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(max_length=limits.TITLE)
    volume = forms.CharField(max_length=limits.TITLE, required=False)
    text = forms.CharField(max_length=limits.CHAPTER, required=False, strip=False, widget=forms.Textarea)
    note = forms.CharField(max_length=limits.NOTE, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, chapter: Chapter, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(chapter, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)

    def clean_text(self) -> str:
        # Browsers send CRLF from a textarea; the text is kept with LF.
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class FileForm(forms.Form):
    """A file of another program; what it is, the service finds out."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A .docx, .epub, .html, .md or .txt file of at most 20 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{kind}" for kind in sorted(KINDS))}),
    )


class ScheduleForm(forms.Form):
    """A day and time on the author's own clock; the page's scripts fill in `zone`, without them it is UTC."""

    publish_at = forms.DateTimeField(widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    zone = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        try:
            zone = ZoneInfo(cleaned.get("zone") or "UTC")
        except (KeyError, ValueError, OSError) as unknown:  # not there, no name, a folder
            raise forms.ValidationError("There is no such time zone.") from unknown
        if publish_at := cleaned.get("publish_at"):
            cleaned["publish_at"] = publish_at.replace(tzinfo=zone)
            if cleaned["publish_at"] <= timezone.now():
                self.add_error("publish_at", "Choose a time to come.")
        return cleaned


class InvitePersonForm(forms.Form):
    username = forms.CharField(max_length=150)
    kind = forms.ChoiceField(choices=[choice for choice in CreditKind.choices if choice[0] != CreditKind.AUTHOR])
