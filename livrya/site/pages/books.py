"""A book, its chapters, and what readers do there."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

import realtime
from books import policies
from books.events import BookRoom, ChapterRoom
from books.models import Comment, ReadingProgress, Right, Shelf, SubscriptionLevel
from books.selectors import books as book_selectors
from books.selectors import chapters as chapter_selectors
from books.selectors import comments as comment_selectors
from books.selectors import reading, reviews
from books.services.comments import post_comment
from books.services.reading import open_chapter, shelve_book, unshelve_book
from books.services.rendering import rendered
from books.services.reviews import edit_review, post_review
from books.services.subscriptions import subscribe, unsubscribe
from livrya.accounts.selectors import kept_away
from livrya.site.pages.requests import PersonRequest, whole_number

REVIEWS_PER_PAGE = 20
COMMENTS_PER_PAGE = 200


def book(request: HttpRequest, slug: str) -> HttpResponse:
    """The book's page; its position lets the page's live part continue exactly where this rendering ends."""
    with realtime.snapshot() as snapshot:
        shown = book_selectors.get_book(request.user, slug=slug)
        room = BookRoom(shown.pk)
        position = snapshot.position(room)
        contents = list(chapter_selectors.published(shown))
        opened = reading.progress_in(request.user, shown)
        for chapter in contents:
            chapter.read_mark = read_mark(opened.get(chapter.pk))  # type: ignore[attr-defined]  # for the template
        context = {
            "book": shown,
            "room": room.name,
            "positions": {room.name: position},
            "contents": contents,
            "place": reading.next_up(request.user, shown),
            "subscription": reading.subscription_of(request.user, shown),
            "shelf": reading.shelf_entry(request.user, shown),
            "shelves": Shelf,
            "levels": SubscriptionLevel,
            "reviews": Paginator(reviews.reviews_of(shown), REVIEWS_PER_PAGE).get_page(request.GET.get("page")),
            "own_review": reviews.own_review(request.user, shown),
            "may_review": reviews.may_review(request.user, shown),
            "may_write": policies.may(request.user, shown.pk, Right.VIEW_DASHBOARD),
        }
    return render(request, "pages/book.html", context)


def reader(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One chapter, with its comments; opening it is remembered for somebody signed in."""
    with realtime.snapshot() as snapshot:
        shown = book_selectors.get_book(request.user, slug=slug)
        chapter = chapter_selectors.get_chapter(request.user, shown, number)
        room = ChapterRoom(chapter.pk)
        position = snapshot.position(room)
        comments = Paginator(comment_selectors.comments_of(chapter), COMMENTS_PER_PAGE).get_page(
            request.GET.get("page")
        )
        comments.total = comment_selectors.comment_count(chapter)  # type: ignore[attr-defined]  # for the template
        with_reactions(request, list(comments))
        previous, following = chapter_selectors.neighbours(request.user, chapter)
        context = {
            "book": shown,
            "chapter": chapter,
            "room": room.name,
            "positions": {room.name: position},
            "comments": comments,
            "previous": previous,
            "following": following,
            "place": reading.progress_in(request.user, shown).get(chapter.pk),
            "kept_away": kept_away(request.user),
            "may_comment": policies.may_comment(request.user, chapter),
            "may_write": policies.may(request.user, shown.pk, Right.VIEW_DASHBOARD),
        }
    # Outside of the snapshot: what was not rendered yet is kept.
    shown_as = rendered(chapter)
    context |= {"paragraphs": shown_as.paragraphs, "paragraph_ids": chapter.paragraph_ids, "note": shown_as.note}
    if request.user.is_authenticated and chapter.is_published:
        open_chapter(actor=request.user, chapter_id=chapter.pk)
    return render(request, "pages/reader.html", context)


@login_required
@require_POST
def follow_book(request: PersonRequest, slug: str) -> HttpResponse:
    """Follows, changes the level, or (`unsubscribe`) stops following."""
    shown = book_selectors.get_book(request.user, slug=slug)
    if "unsubscribe" in request.POST:
        unsubscribe(actor=request.user, book_id=shown.pk)
    else:
        level = request.POST.get("level", SubscriptionLevel.ALL)
        subscribe(actor=request.user, book_id=shown.pk, level=level)
    return redirect("book", slug=slug)


@login_required
@require_POST
def shelve(request: PersonRequest, slug: str) -> HttpResponse:
    """Puts the book on a shelf, or (no shelf) takes it off."""
    shown = book_selectors.get_book(request.user, slug=slug)
    if shelf := request.POST.get("shelf"):
        shelve_book(actor=request.user, book_id=shown.pk, shelf=shelf)
    else:
        unshelve_book(actor=request.user, book_id=shown.pk)
    return redirect("book", slug=slug)


@login_required
@require_POST
def review(request: PersonRequest, slug: str) -> HttpResponse:
    """Posts the reader's review, or changes the one they wrote."""
    shown = book_selectors.get_book(request.user, slug=slug)
    rating, words = whole_number(request.POST.get("rating")), request.POST.get("text", "")
    own = reviews.own_review(request.user, shown)
    if own:
        edit_review(actor=request.user, review_id=own.pk, rating=rating, text=words)
    else:
        post_review(actor=request.user, book_id=shown.pk, rating=rating, text=words)
    messages.success(request, "Your review is there for everyone to read.")
    return redirect("book", slug=slug)


@login_required
@require_POST
def comment(request: PersonRequest, slug: str, number: int) -> HttpResponse:
    """Posts a comment where JavaScript is off."""
    shown = book_selectors.get_book(request.user, slug=slug)
    chapter = chapter_selectors.get_chapter(request.user, shown, number)
    posted = post_comment(
        actor=request.user,
        chapter_id=chapter.pk,
        text=request.POST.get("text", ""),
        parent_id=whole_number(request.POST.get("parent")) or None,
    )
    return redirect(f"{request.path.removesuffix('comment/')}#comment-{posted.pk}")


def read_mark(progress: ReadingProgress | None) -> str:
    """Returns how the table of contents marks a chapter: unread, partly or read."""
    if progress is None:
        return "unread"
    return "read" if progress.position >= reading.READ_FROM else "partly"


def with_reactions(request: HttpRequest, comments: list[Comment]) -> None:
    """Gives every comment its `shown_reactions`, in two queries for all of them."""
    ids = [comment.pk for comment in comments]
    counts = comment_selectors.reactions_of(ids)
    own = comment_selectors.own_reactions(request.user, ids)
    for comment in comments:
        comment.shown_reactions = [  # type: ignore[attr-defined]  # for the template
            {"kind": kind, "count": count, "mine": kind in own.get(comment.pk, ())}
            for kind, count in counts.get(comment.pk, {}).items()
        ]
