"""The download of a book."""

import hashlib
import tempfile
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from books.epub.writer import write_epub
from books.models import Book, Chapter
from books.selectors.books import get_book
from books.selectors.chapters import published
from realtime.errors import NotFound

_IN_MEMORY_BYTES = 4 * 1024 * 1024


def _published(request: HttpRequest, slug: str) -> tuple[Book, list[Chapter]]:
    """Returns the book and its published chapters, read once per request. Raises NotFound."""
    known: tuple[Book, list[Chapter]] | None = getattr(request, "_epub", None)
    if known is None:
        book = get_book(request.user, slug=slug)
        known = (book, list(published(book).defer(None)))
        if not known[1]:
            raise NotFound("This book has no chapters to read yet.")
        request._epub = known  # type: ignore[attr-defined]  # a note to ourselves
    return known


def _etag(request: HttpRequest, slug: str) -> str:
    book, chapters = _published(request, slug)
    state = [book.updated_at, *((chapter.pk, chapter.number, chapter.updated_at) for chapter in chapters)]
    return f'"{hashlib.sha256(repr(state).encode()).hexdigest()[:32]}"'


@require_safe
@condition(etag_func=_etag)
def book_epub(request: HttpRequest, slug: str) -> HttpResponse | FileResponse:
    """Answers with the book as EPUB: its published chapters, to whoever may read them."""
    book, chapters = _published(request, slug)
    prefetch_related_objects(chapters, "rendering")
    file: Any = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115  # the response closes it
    write_epub(book, chapters, address=_address(request), output=file)
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=f"{book.slug}.epub", content_type="application/epub+zip")
    # What one may read changes with who asks, and with the next chapter.
    response["Cache-Control"] = "private, no-cache"
    return response


def _address(request: HttpRequest) -> str:
    return request.build_absolute_uri(request.path.removesuffix("epub/"))
