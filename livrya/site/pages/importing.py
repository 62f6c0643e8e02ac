"""Files of other programs: sent, looked at, and brought in. Without scripts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from books.errors import BrokenFile
from books.importing.foreign.shapes import Remark
from books.models import Book, Chapter, Import
from books.selectors.books import books_written
from books.selectors.chapters import chapter_by_id
from books.selectors.imports import get_import
from books.services.imports import accept_import, begin_import, dismiss_import
from livrya.site.pages.forms import FileForm
from livrya.site.pages.requests import PersonRequest, whole_number
from realtime.errors import NotFound, TooLarge

REMARKS = {
    Remark.PICTURES: gettext_lazy("Pictures do not come along."),
    Remark.TABLES: gettext_lazy("Tables come as paragraphs, one for each cell."),
    Remark.FOOTNOTES: gettext_lazy("Footnotes stand at the end, with their numbers in the text."),
    Remark.ENCODING: gettext_lazy("The file does not say how its letters are written: look whether they are right."),
}
"""What each remark says to people."""


@login_required
def send_file(request: PersonRequest) -> HttpResponse:
    """Takes a file; `book` or `chapter` in the address say what it is for, and stay there."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        try:
            kept = begin_import(actor=request.user, upload=form.cleaned_data["file"])
        except (BrokenFile, TooLarge) as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect(_with_target(reverse("desk-import", args=[kept.pk]), request))
    return render(request, "pages/import_file.html", {"form": form, **_target(request)})


@login_required
def import_file(request: PersonRequest, import_id: int) -> HttpResponse:
    """Shows what a file holds, and brings in what is chosen, or forgets the file."""
    kept = get_import(request.user, import_id)
    if request.method == "POST":
        return _dismissed(request, kept) if "dismiss" in request.POST else _accepted(request, kept)
    return render(
        request,
        "pages/import.html",
        {
            "kept": kept,
            "remarks": [REMARKS[Remark(remark)] for remark in kept.remarks],
            "words": sum(line["words"] for line in kept.outline),
            "books": books_written(request.user),
            **_target(request),
        },
    )


def _dismissed(request: PersonRequest, kept: Import) -> HttpResponse:
    dismiss_import(actor=request.user, import_id=kept.pk)
    messages.success(request, _("“%(name)s” is forgotten.") % {"name": kept.name})
    return redirect("desk")


def _accepted(request: PersonRequest, kept: Import) -> HttpResponse:
    sent = request.POST
    wanted: dict[str, Any] = {"chapters": [whole_number(place) for place in sent.getlist("chapters")]}
    match sent.get("to"):
        case "book":
            wanted["book_id"] = whole_number(sent.get("book"))
        case "chapter":
            wanted["chapter_id"] = whole_number(sent.get("chapter"))
        case _:
            wanted["title"] = sent.get("title", "")
    done = get_import(request.user, accept_import(actor=request.user, import_id=kept.pk, **wanted).pk)
    assert done.book is not None
    if done.chapter is not None:
        messages.success(request, _("The file is in the draft now. What was there before is kept among the versions."))
        page = "desk-changes" if done.chapter.is_published else "desk-chapter"
        return redirect(page, slug=done.book.slug, chapter_id=done.chapter.pk)
    said = ngettext("%(count)d chapter is here, as a draft.", "%(count)d chapters are here, as drafts.", done.done)
    messages.success(request, said % {"count": done.done})
    return redirect("desk-book", slug=done.book.slug)


def _target(request: PersonRequest) -> dict[str, Book | Chapter | None]:
    """Returns what the file is for, as far as the address says it and the person writes there."""
    chapter = _chapter(request)
    book_id = chapter.book_id if chapter else whole_number(request.GET.get("book"))
    book = books_written(request.user).filter(pk=book_id).first() if book_id else None
    return {"for_book": book, "for_chapter": chapter if book else None}


def _chapter(request: PersonRequest) -> Chapter | None:
    try:
        return chapter_by_id(request.user, whole_number(request.GET.get("chapter")))
    except NotFound:
        return None


def _with_target(address: str, request: HttpRequest) -> str:
    query = request.GET.urlencode()
    return f"{address}?{query}" if query else address
