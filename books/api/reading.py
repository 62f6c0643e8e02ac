"""What belongs to a reader: subscriptions, places, shelves."""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from books.api.serializers.reading import (
    LevelSerializer,
    OwnSubscriptionSerializer,
    PlaceSerializer,
    ProgressChangeSerializer,
    ProgressSerializer,
    ShelfEntrySerializer,
    ShelfSerializer,
    SubscriptionSerializer,
)
from books.api.views import Listing, gone
from books.models import ReadingProgress, Shelf, ShelfEntry, Subscription
from books.selectors import reading as selectors
from books.selectors.books import get_book
from books.services import reading as services
from books.services import subscriptions
from livrya.accounts.api.authentication import asker
from livrya.kit.api.reading import body
from realtime.errors import NotFound


class SubscriptionView(APIView):
    """The asker's subscription to a book; putting and deleting may be repeated."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="subscription", responses=SubscriptionSerializer)
    def get(self, request: Request, book_id: int) -> Response:
        person = asker(request)
        found = selectors.subscription_of(person, get_book(person, book_id=book_id))
        if found is None:
            raise NotFound("You do not follow this book.")
        return Response(SubscriptionSerializer(found).data)

    @extend_schema(operation_id="subscribe", request=LevelSerializer, responses=SubscriptionSerializer)
    def put(self, request: Request, book_id: int) -> Response:
        wanted = body(request, LevelSerializer)
        made = subscriptions.subscribe(actor=asker(request), book_id=book_id, **wanted)
        return Response(SubscriptionSerializer(made).data)

    @extend_schema(operation_id="unsubscribe", responses={204: None})
    def delete(self, request: Request, book_id: int) -> Response:
        subscriptions.unsubscribe(actor=asker(request), book_id=book_id)
        return gone()


class ShelfView(APIView):
    """On which of the asker's shelves a book is."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="shelve", request=ShelfSerializer, responses=ShelfSerializer)
    def put(self, request: Request, book_id: int) -> Response:
        wanted = body(request, ShelfSerializer)
        return Response({"shelf": services.shelve_book(actor=asker(request), book_id=book_id, **wanted).shelf})

    @extend_schema(operation_id="unshelve", responses={204: None})
    def delete(self, request: Request, book_id: int) -> Response:
        services.unshelve_book(actor=asker(request), book_id=book_id)
        return gone()


class ProgressView(APIView):
    """The asker's place in a chapter."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="saveProgress", request=ProgressChangeSerializer, responses=ProgressSerializer)
    def put(self, request: Request, chapter_id: int) -> Response:
        place = body(request, ProgressChangeSerializer)
        saved = services.save_progress(actor=asker(request), chapter_id=chapter_id, **place)
        return Response(ProgressSerializer(saved).data)

    @extend_schema(operation_id="openChapter", request=None, responses=ProgressSerializer)
    def post(self, request: Request, chapter_id: int) -> Response:
        return Response(ProgressSerializer(services.open_chapter(actor=asker(request), chapter_id=chapter_id)).data)


@extend_schema_view(get=extend_schema(operation_id="ownSubscriptions"))
class OwnSubscriptionsView(Listing[Subscription]):
    """The books that the asker follows, the newest first."""

    serializer_class = OwnSubscriptionSerializer
    queryset = Subscription.objects.none()
    permission_classes = (IsAuthenticated,)

    def get_queryset(self) -> QuerySet[Subscription]:
        return selectors.subscriptions_of(asker(self.request))


@extend_schema_view(get=extend_schema(operation_id="ownPlaces"))
class OwnPlacesView(Listing[ReadingProgress]):
    """Where the asker is in each book they opened, the last read first."""

    serializer_class = PlaceSerializer
    queryset = ReadingProgress.objects.none()
    permission_classes = (IsAuthenticated,)
    order = ("-updated_at", "-id")

    def get_queryset(self) -> QuerySet[ReadingProgress]:
        return selectors.continue_reading(asker(self.request))


@extend_schema_view(
    get=extend_schema(
        operation_id="ownShelf", parameters=[OpenApiParameter("shelf", location="path", enum=list(Shelf.values))]
    )
)
class OwnShelfView(Listing[ShelfEntry]):
    """The books on one of the asker's shelves, the last moved first."""

    serializer_class = ShelfEntrySerializer
    queryset = ShelfEntry.objects.none()
    permission_classes = (IsAuthenticated,)
    order = ("-updated_at", "-id")

    def get_queryset(self) -> QuerySet[ShelfEntry]:
        if self.kwargs["shelf"] not in Shelf.values:
            raise NotFound("There is no such shelf.")
        return selectors.shelf_of(asker(self.request), self.kwargs["shelf"])
