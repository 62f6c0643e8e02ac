"""Books: the library, one book, its cover, its moderation."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

import realtime
from books.api.serializers.books import (
    BookChangeSerializer,
    BookPageSerializer,
    BookSerializer,
    CoverSerializer,
    NewBookSerializer,
    TagSerializer,
)
from books.api.serializers.hiding import HiddenSerializer
from books.api.views import Listing, created, gone, viewer
from books.errors import invalid
from books.events import BookRoom
from books.models import Book, ContentRating, ContentWarning, Tag
from books.selectors import books as selectors
from books.services import books as services
from livrya.accounts.api.authentication import asker
from livrya.kit.api.instants import position
from livrya.kit.api.reading import body

_WARNINGS = {str(warning.name).lower(): int(warning) for warning in ContentWarning}


@extend_schema_view(
    get=extend_schema(
        operation_id="books",
        parameters=[
            OpenApiParameter("q", description="words in title, blurb, tags and names"),
            OpenApiParameter("tag", many=True, description="slugs of tags that must all be there"),
            OpenApiParameter("withoutTag", many=True),
            OpenApiParameter("withoutWarning", many=True, enum=list(_WARNINGS)),
            OpenApiParameter("rating", many=True, enum=list(ContentRating.values)),
            OpenApiParameter("language"),
            OpenApiParameter("order", enum=list(selectors.ORDERS), default="recent"),
        ],
    )
)
class BooksView(Listing[Book]):
    """The library: every book with something to read in it that the asker may see."""

    serializer_class = BookSerializer
    queryset = Book.objects.none()
    permission_classes = (IsAuthenticatedOrReadOnly,)

    @property
    def order(self) -> Any:
        return selectors.ORDERS[self._asked_order()]

    def get_queryset(self) -> QuerySet[Book]:
        asked = self.request.query_params
        warnings = asked.getlist("withoutWarning")
        if unknown := set(warnings) - _WARNINGS.keys():
            raise invalid("withoutWarning", f"There is no warning {min(unknown)[:50]}.")
        return selectors.listed_books(
            viewer(self.request),
            text=asked.get("q", ""),
            tags=asked.getlist("tag"),
            without_tags=asked.getlist("withoutTag"),
            ratings=asked.getlist("rating"),
            language=asked.get("language", ""),
            without_warnings=sum(_WARNINGS[name] for name in set(warnings)),
            order=self._asked_order(),
        )

    def _asked_order(self) -> Any:
        order = self.request.query_params.get("order", "recent")
        if order not in selectors.ORDERS:
            raise invalid("order", f"One of {', '.join(selectors.ORDERS)}, please.")
        return order

    @extend_schema(operation_id="createBook", request=NewBookSerializer, responses={201: BookSerializer})
    def post(self, request: Request) -> Response:
        made = services.create_book(actor=asker(request), **body(request, NewBookSerializer))
        return created(_shown(request, made.pk))


class BookView(APIView):
    """One book."""

    @extend_schema(operation_id="book", responses=BookPageSerializer)
    def get(self, request: Request, book_id: int) -> Response:
        with realtime.snapshot() as instant:
            book = selectors.get_book(viewer(request), book_id=book_id)
            return Response({**BookSerializer(book).data, "position": position(instant, BookRoom(book_id))})

    @extend_schema(operation_id="updateBook", request=BookChangeSerializer, responses=BookSerializer)
    def patch(self, request: Request, book_id: int) -> Response:
        services.update_book(actor=asker(request), book_id=book_id, **body(request, BookChangeSerializer))
        return Response(_shown(request, book_id))

    @extend_schema(operation_id="deleteBook", responses={204: None})
    def delete(self, request: Request, book_id: int) -> Response:
        services.delete_book(actor=asker(request), book_id=book_id)
        return gone()


class CoverView(APIView):
    """A book's cover."""

    parser_classes = (MultiPartParser,)

    @extend_schema(operation_id="setCover", request=CoverSerializer, responses=BookSerializer)
    def put(self, request: Request, book_id: int) -> Response:
        upload = body(request, CoverSerializer)["cover"]
        services.set_cover(actor=asker(request), book_id=book_id, upload=upload)
        return Response(_shown(request, book_id))

    @extend_schema(operation_id="removeCover", responses={204: None})
    def delete(self, request: Request, book_id: int) -> Response:
        services.set_cover(actor=asker(request), book_id=book_id, upload=None)
        return gone()


class BookModerationView(APIView):
    """Whether moderation has taken a book out of sight; for staff."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="moderateBook", request=HiddenSerializer, responses=BookSerializer)
    def put(self, request: Request, book_id: int) -> Response:
        hide = body(request, HiddenSerializer)["hidden"]
        act = services.hide_book if hide else services.restore_book
        act(actor=asker(request), book_id=book_id)
        return Response(_shown(request, book_id))


@extend_schema_view(get=extend_schema(operation_id="ownBooks"))
class OwnBooksView(Listing[Book]):
    """The books on which the asker works, the last changed first."""

    serializer_class = BookSerializer
    queryset = Book.objects.none()
    permission_classes = (IsAuthenticated,)
    order = ("-updated_at", "-id")

    def get_queryset(self) -> QuerySet[Book]:
        return selectors.books_worked_on(asker(self.request))


@extend_schema_view(get=extend_schema(operation_id="tags", parameters=[OpenApiParameter("startingWith")]))
class TagsView(Listing[Tag]):
    """The tags in use."""

    serializer_class = TagSerializer
    queryset = Tag.objects.none()
    order = ("name",)

    def get_queryset(self) -> QuerySet[Tag]:
        return selectors.tags_in_use(viewer(self.request), self.request.query_params.get("startingWith", "")[:50])


def _shown(request: Request, book_id: int) -> Any:
    return BookSerializer(selectors.get_book(viewer(request), book_id=book_id)).data
