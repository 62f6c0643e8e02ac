"""The author's desk: books one works on, chapters by state, writing and releasing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

import realtime
from books import policies
from books.events import BookRoom
from books.models import Book, Chapter, ChapterState, Right
from books.policies.drafting import may_write
from books.selectors import books as book_selectors
from books.selectors import chapters as chapter_selectors
from books.selectors import people
from books.selectors.imports import waiting_imports
from books.services.books import create_book, set_cover, update_book
from books.services.chapters import create_chapter, delete_chapter, lock_comments, update_chapter
from books.services.credits import accept_credit, decline_credit, invite_person
from books.services.invitations import accept_invitation, end_invitation
from books.services.releases import publish_chapter, schedule_chapter, unschedule_chapter
from books.services.writing_out import pending_changes, publish_changes
from livrya.accounts import selectors as account_selectors
from livrya.site.pages.forms import BookForm, ChapterForm, InvitePersonForm, ScheduleForm
from livrya.site.pages.requests import PersonRequest
from realtime.errors import Conflict, NotFound


@login_required
def desk(request: PersonRequest) -> HttpResponse:
    """The books that the visitor works on, and the invitations that wait for an answer."""
    return render(
        request,
        "pages/desk.html",
        {
            "books": book_selectors.books_worked_on(request.user),
            "waiting_credits": people.waiting_credits(request.user),
            "waiting_invitations": people.waiting_invitations(request.user),
            "waiting_files": waiting_imports(request.user),
        },
    )


@login_required
def new_book(request: PersonRequest) -> HttpResponse:
    form = BookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        created = create_book(actor=request.user, **form.facts())
        return redirect("desk-book", slug=created.slug)
    return render(request, "pages/book_form.html", {"form": form})


@login_required
def desk_book(request: PersonRequest, slug: str) -> HttpResponse:
    """One book's chapters by state, its people, and what may be done."""
    with realtime.snapshot() as snapshot:
        book = worked_on(request, slug)
        contents = list(chapter_selectors.contents(request.user, book))
        room = BookRoom(book.pk)
        position = snapshot.position(room)
    return render(
        request,
        "pages/desk_book.html",
        {
            "book": book,
            "positions": {room.name: position},
            "columns": [(state, [one for one in contents if one.state == state]) for state in ChapterState],
            "credits": people.credits_of(book),
            "may_invite": policies.may(request.user, book.pk, Right.DELETE),
            "invite_form": InvitePersonForm(),
        },
    )


@login_required
def edit_book(request: PersonRequest, slug: str) -> HttpResponse:
    book = worked_on(request, slug)
    form = BookForm(request.POST or None, request.FILES or None, book=book)
    if request.method == "POST" and form.is_valid():
        update_book(actor=request.user, book_id=book.pk, **form.facts())
        if form.cleaned_data.get("cover"):
            set_cover(actor=request.user, book_id=book.pk, upload=form.cleaned_data["cover"])
        messages.success(request, "Saved.")
        return redirect("desk-book", slug=slug)
    return render(request, "pages/book_form.html", {"form": form, "book": book})


@login_required
@require_POST
def new_chapter(request: PersonRequest, slug: str) -> HttpResponse:
    book = worked_on(request, slug)
    created = create_chapter(
        actor=request.user, book_id=book.pk, title=request.POST.get("title", "").strip() or "Untitled chapter"
    )
    return redirect("desk-chapter", slug=slug, chapter_id=created.pk)


@login_required
def edit_chapter(request: PersonRequest, slug: str, chapter_id: int) -> HttpResponse:
    """Writes; with JavaScript the same form saves by itself over the API."""
    book = worked_on(request, slug)
    chapter = chapter_of(request, book, chapter_id)
    rights = policies.rights_in(request.user, book.pk)
    form = ChapterForm(request.POST or None, chapter=chapter)
    if request.method == "POST" and form.is_valid():
        try:
            update_chapter(actor=request.user, chapter_id=chapter.pk, **form.facts())
        except Conflict as conflict:
            # Shown beside what was typed: nothing that the writer wrote may be lost to a redirect.
            form.add_error(None, str(conflict))
        else:
            messages.success(request, "Saved.")
            return redirect("desk-chapter", slug=slug, chapter_id=chapter_id)
    return render(
        request,
        "pages/desk_chapter.html",
        {
            "book": book,
            "chapter": chapter,
            "form": form,
            "schedule_form": ScheduleForm(initial={"publish_at": chapter.publish_at}),
            "may_write": may_write(request.user, chapter),
            "may_publish": Right.PUBLISH in rights,
            "may_delete": Right.DELETE in rights,
        },
    )


@login_required
def changes(request: PersonRequest, slug: str, chapter_id: int) -> HttpResponse:
    """What readers would see differently if the draft of a chapter that is out were published now."""
    book = worked_on(request, slug)
    chapter = chapter_of(request, book, chapter_id)
    compared = pending_changes(actor=request.user, chapter_id=chapter.pk)
    found = [one for one in compared if one.fate != "kept"]
    return render(request, "pages/desk_changes.html", {"book": book, "chapter": chapter, "changes": found})


@login_required
@require_POST
def release(request: PersonRequest, slug: str, chapter_id: int) -> HttpResponse:
    """Publishes a chapter or its changes, schedules, takes back, locks comments or deletes, as the button says."""
    book = worked_on(request, slug)
    chapter = chapter_of(request, book, chapter_id)
    act = request.POST.get("act")
    if act == "publish":
        silent = "silent" in request.POST
        publish_chapter(actor=request.user, chapter_id=chapter.pk, silent=silent)
        messages.success(request, f"“{chapter.title}” is out.")
    elif act == "changes":
        version = request.POST.get("version", "")
        publish_changes(
            actor=request.user,
            chapter_id=chapter.pk,
            version=int(version) if version.isascii() and version.isdigit() else None,
        )
        messages.success(request, "Readers see your changes.")
    elif act == "schedule":
        form = ScheduleForm(request.POST)
        if not form.is_valid():
            messages.error(request, "Choose a day and time to come.")
            return redirect("desk-chapter", slug=slug, chapter_id=chapter_id)
        schedule_chapter(actor=request.user, chapter_id=chapter.pk, publish_at=form.cleaned_data["publish_at"])
    elif act == "unschedule":
        unschedule_chapter(actor=request.user, chapter_id=chapter.pk)
    elif act in ("lock", "unlock"):
        lock_comments(actor=request.user, chapter_id=chapter.pk, locked=act == "lock")
    elif act == "delete":
        delete_chapter(actor=request.user, chapter_id=chapter.pk)
        messages.success(request, f"“{chapter.title}” was deleted.")
        return redirect("desk-book", slug=slug)
    return redirect("desk-chapter", slug=slug, chapter_id=chapter_id)


@login_required
@require_POST
def invite(request: PersonRequest, slug: str) -> HttpResponse:
    book = worked_on(request, slug)
    form = InvitePersonForm(request.POST)
    if form.is_valid():
        invited = account_selectors.person(form.cleaned_data["username"])
        invite_person(actor=request.user, book_id=book.pk, user_id=invited.pk, kind=form.cleaned_data["kind"])
        messages.success(request, f"{invited} has been asked. The invitation waits on their desk.")
    else:
        messages.error(request, "Give the name of somebody who has an account here.")
    return redirect("desk-book", slug=slug)


@login_required
@require_POST
def answer_credit(request: PersonRequest, credit_id: int) -> HttpResponse:
    answer = accept_credit if "accept" in request.POST else decline_credit
    answer(actor=request.user, credit_id=credit_id)
    return redirect("desk")


@login_required
@require_POST
def answer_invitation(request: PersonRequest, invitation_id: int) -> HttpResponse:
    answer = accept_invitation if "accept" in request.POST else end_invitation
    answer(actor=request.user, invitation_id=invitation_id)
    return redirect("desk")


def worked_on(request: PersonRequest, slug: str) -> Book:
    """Returns a book that the visitor works on. Raises NotFound or Forbidden."""
    book = book_selectors.get_book(request.user, slug=slug)
    policies.require(request.user, book, Right.VIEW_DASHBOARD, staff="books.view_book")
    return book


def chapter_of(request: PersonRequest, book: Book, chapter_id: int) -> Chapter:
    """Returns a chapter of the book. Raises NotFound also for one of another book."""
    chapter = chapter_selectors.chapter_by_id(request.user, chapter_id)
    if chapter.book_id != book.pk:
        raise NotFound("There is no such chapter in this book.")
    return chapter
