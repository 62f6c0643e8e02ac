"""Reviews of a book."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from books.api.serializers.hiding import HiddenSerializer
from books.api.serializers.reviews import NewReviewSerializer, ReviewChangeSerializer, ReviewSerializer
from books.api.views import Listing, created, gone, viewer
from books.models import Review
from books.selectors import reviews as selectors
from books.selectors.books import get_book
from books.services import reviews as services
from livrya.accounts.api.authentication import asker
from livrya.kit.api.reading import body


@extend_schema_view(get=extend_schema(operation_id="reviews"))
class ReviewsView(Listing[Review]):
    """A book's reviews, the newest first."""

    serializer_class = ReviewSerializer
    queryset = Review.objects.none()
    permission_classes = (IsAuthenticatedOrReadOnly,)

    def get_queryset(self) -> QuerySet[Review]:
        return selectors.reviews_of(get_book(viewer(self.request), book_id=self.kwargs["book_id"]))

    @extend_schema(operation_id="postReview", request=NewReviewSerializer, responses={201: ReviewSerializer})
    def post(self, request: Request, book_id: int) -> Response:
        made = services.post_review(actor=asker(request), book_id=book_id, **body(request, NewReviewSerializer))
        return created(ReviewSerializer(made).data)


class ReviewView(APIView):
    """One review."""

    @extend_schema(operation_id="review", responses=ReviewSerializer)
    def get(self, request: Request, review_id: int) -> Response:
        return Response(ReviewSerializer(selectors.review_by_id(viewer(request), review_id)).data)

    @extend_schema(operation_id="editReview", request=ReviewChangeSerializer, responses=ReviewSerializer)
    def patch(self, request: Request, review_id: int) -> Response:
        change = body(request, ReviewChangeSerializer)
        changed = services.edit_review(actor=asker(request), review_id=review_id, **change)
        return Response(ReviewSerializer(changed).data)

    @extend_schema(operation_id="deleteReview", responses={204: None})
    def delete(self, request: Request, review_id: int) -> Response:
        services.delete_review(actor=asker(request), review_id=review_id)
        return gone()


class ReviewModerationView(APIView):
    """Whether a review is out of sight; for staff."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="moderateReview", request=HiddenSerializer, responses=ReviewSerializer)
    def put(self, request: Request, review_id: int) -> Response:
        hide = body(request, HiddenSerializer)["hidden"]
        act = services.hide_review if hide else services.restore_review
        return Response(ReviewSerializer(act(actor=asker(request), review_id=review_id)).data)
