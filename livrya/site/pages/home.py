"""The first page, the shelves and the list of all books."""

from typing import get_args

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from books.models import ContentRating, ContentWarning, Shelf
from books.selectors import arrivals, reading
from books.selectors import books as book_selectors
from livrya.site.pages.requests import PersonRequest

ORDERS: tuple[book_selectors.Order, ...] = get_args(book_selectors.Order)
BOOKS_PER_PAGE = 24
RECENT_BOOKS = 12
NEW_CHAPTERS = 12
CONTINUE = 6


def home(request: HttpRequest) -> HttpResponse:
    """What to read next; for somebody not signed in, what there is."""
    recent = book_selectors.listed_books(request.user, order="recent")[:RECENT_BOOKS]
    if not request.user.is_authenticated:
        return render(request, "pages/welcome.html", {"recent": recent})
    return render(
        request,
        "pages/home.html",
        {
            "continue_reading": reading.read_on(reading.continue_reading(request.user)[:CONTINUE]),
            "new_chapters": arrivals.new_chapters(request.user)[:NEW_CHAPTERS],
            "scheduled": arrivals.coming_up(request.user),
            "recent": recent,
        },
    )


@login_required
def library(request: PersonRequest) -> HttpResponse:
    """The reader's shelves, one at a time."""
    chosen = request.GET.get("shelf", Shelf.READING)
    shelf = Shelf(chosen) if chosen in Shelf.values else Shelf.READING
    entries = Paginator(reading.shelf_of(request.user, shelf), BOOKS_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "pages/library.html",
        {"shelf": shelf, "shelves": Shelf, "entries": entries, "subscriptions": reading.subscriptions_of(request.user)},
    )


def book_list(request: HttpRequest) -> HttpResponse:
    """All books that the visitor may see, filtered by what they ask for and want to avoid."""
    avoided = [code for code in request.GET.getlist("without") if code in ContentWarning.__members__]
    rating = request.GET.get("rating", "")
    gentle_enough = ContentRating.values[: ContentRating.values.index(rating) + 1] if rating in ContentRating else []
    order = next((known for known in ORDERS if known == request.GET.get("order")), ORDERS[0])
    found = book_selectors.listed_books(
        request.user,
        text=request.GET.get("q", "").strip(),
        tags=[tag for tag in request.GET.getlist("tag") if tag],
        language=request.GET.get("language", ""),
        ratings=gentle_enough,
        without_warnings=sum(ContentWarning[code] for code in avoided),
        order=order,
    )
    return render(
        request,
        "pages/books.html",
        {
            "books": Paginator(found, BOOKS_PER_PAGE).get_page(request.GET.get("page")),
            "ratings": ContentRating,
            "warnings": list(ContentWarning),
            "avoided": avoided,
            "query": request.GET,
        },
    )
