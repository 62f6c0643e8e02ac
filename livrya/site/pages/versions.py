"""The versions of a chapter's draft (listed, named, compared, restored), and who wrote what of it."""

from collections import Counter
from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from books.models import VersionKind
from books.selectors import versions as selectors
from books.services.authorship import who_wrote
from books.services.versions import compare_versions, delete_version, name_version, restore_version
from books.text import count_words
from livrya.accounts.models import User
from livrya.site.pages.desk import chapter_of, worked_on
from livrya.site.pages.requests import PersonRequest, whole_number
from livrya.site.templatetags.livrya import HUES
from realtime.errors import NotFound

_PER_PAGE = 50


@login_required
def versions(request: PersonRequest, slug: str, chapter_id: int) -> HttpResponse:
    """Lists the versions and names what is there now; `from` and `to` choose two of them to be compared."""
    book = worked_on(request, slug)
    chapter = chapter_of(request, book, chapter_id)
    if request.method == "POST":
        made = name_version(actor=request.user, chapter_id=chapter.pk, name=request.POST.get("name", ""))
        messages.success(request, _("“%(name)s” is kept.") % {"name": made.name})
        return redirect("desk-versions", slug=slug, chapter_id=chapter_id)
    if older := whole_number(request.GET.get("from")):
        newer = whole_number(request.GET.get("to"))
        address = reverse("desk-version", args=[slug, chapter_id, older])
        return redirect(f"{address}?to={newer}" if newer else address)
    shown = Paginator(selectors.versions_of(request.user, chapter), _PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "pages/desk_versions.html", {"book": book, "chapter": chapter, "versions": shown})


@login_required
def version(request: PersonRequest, slug: str, chapter_id: int, version_id: int) -> HttpResponse:
    """What has changed since a version, or from it to another one (`to`); restores it or deletes it."""
    book = worked_on(request, slug)
    chapter = chapter_of(request, book, chapter_id)
    seen = selectors.version_by_id(request.user, version_id)
    if seen.chapter_id != chapter.pk:
        raise NotFound("There is no such version.")
    if request.method == "POST":
        if request.POST.get("act") == "delete":
            delete_version(actor=request.user, version_id=seen.pk)
            messages.success(request, _("“%(name)s” was deleted.") % {"name": seen.name})
            return redirect("desk-versions", slug=slug, chapter_id=chapter_id)
        restore_version(actor=request.user, version_id=seen.pk)
        messages.success(request, _("Restored. What was there before is kept among the versions."))
        return redirect("desk-chapter", slug=slug, chapter_id=chapter_id)
    other_id = whole_number(request.GET.get("to")) or None
    compared = compare_versions(actor=request.user, version_id=seen.pk, other_id=other_id)
    changed = [one for one in compared if one.fate != "kept"]
    return render(
        request,
        "pages/desk_version.html",
        {
            "book": book,
            "chapter": chapter,
            "version": seen,
            "other": selectors.version_by_id(request.user, other_id) if other_id else None,
            "changes": compared if "all" in request.GET else changed,
            "is_same": not changed,
            "is_named": seen.kind == VersionKind.NAMED,
        },
    )


@login_required
def authors(request: PersonRequest, slug: str, chapter_id: int) -> HttpResponse:
    """The draft in the colours of those who wrote it."""
    book = worked_on(request, slug)
    chapter = chapter_of(request, book, chapter_id)
    written = who_wrote(actor=request.user, chapter_id=chapter.pk)
    people = User.objects.in_bulk({words.user_id for one in written for words in one.words if words.user_id})
    hues = _hues(people)
    counted = Counter[User | None]()
    shown = []
    for one in written:
        # Nobody also where somebody is no longer here.
        pieces = [(people.get(words.user_id or 0), words.text) for words in one.words]
        for person, text in pieces:
            counted[person] += count_words(text)
        shown.append([(person, person and hues[person.pk], text) for person, text in pieces])
    nobodys = counted.pop(None, 0)
    legend = [(person, person and hues[person.pk], words) for person, words in counted.most_common()]
    return render(
        request,
        "pages/desk_authors.html",
        {"book": book, "chapter": chapter, "paragraphs": shown, "legend": legend, "nobodys": nobodys},
    )


def _hues(user_ids: Iterable[int]) -> dict[int, int]:
    """Returns everybody's colour: their own, or where somebody has it already the next that is free."""
    hues: dict[int, int] = {}
    for user_id in sorted(user_ids):
        free = set(range(HUES)) - set(hues.values()) or set(range(HUES))
        hues[user_id] = min(free, key=lambda hue: (hue - user_id) % HUES)
    return hues
