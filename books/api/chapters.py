"""Chapters: contents, one to read or write, releases."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

import realtime
from books.api.serializers.chapters import (
    ChangesSerializer,
    ChapterChangeSerializer,
    ChapterRowSerializer,
    ChapterSerializer,
    LockSerializer,
    NewChapterSerializer,
    OrderSerializer,
    ReleaseSerializer,
    ScheduleSerializer,
)
from books.api.views import Listing, created, gone, viewer
from books.events import ChapterRoom
from books.models import Chapter
from books.selectors import chapters as selectors
from books.selectors.books import get_book
from books.services import chapters as services
from books.services import releases
from books.services.rendering import rendered
from books.services.writing_out import publish_changes
from livrya.accounts.api.authentication import asker
from livrya.kit.api.instants import position
from livrya.kit.api.pages import CursorPages
from livrya.kit.api.reading import body


class ContentsPages(CursorPages):
    """Rows are short: a long book comes in few pages."""

    page_size = 100
    max_page_size = 500


@extend_schema_view(get=extend_schema(operation_id="contents"))
class ContentsView(Listing[Chapter]):
    """A book's chapters in order; drafts too for those who work on it."""

    serializer_class = ChapterRowSerializer
    queryset = Chapter.objects.none()
    permission_classes = (IsAuthenticatedOrReadOnly,)
    pagination_class = ContentsPages
    order = ("number",)

    def get_queryset(self) -> QuerySet[Chapter]:
        who = viewer(self.request)
        return selectors.contents(who, get_book(who, book_id=self.kwargs["book_id"]))

    @extend_schema(operation_id="createChapter", request=NewChapterSerializer, responses={201: ChapterRowSerializer})
    def post(self, request: Request, book_id: int) -> Response:
        made = services.create_chapter(actor=asker(request), book_id=book_id, **body(request, NewChapterSerializer))
        return created(ChapterRowSerializer(made).data)


class OrderView(APIView):
    """The order of a book's chapters."""

    @extend_schema(operation_id="reorderChapters", request=OrderSerializer, responses={204: None})
    def put(self, request: Request, book_id: int) -> Response:
        services.reorder_chapters(actor=asker(request), book_id=book_id, **body(request, OrderSerializer))
        return gone()


class ChapterView(APIView):
    """One chapter."""

    @extend_schema(operation_id="chapter", responses=ChapterSerializer)
    def get(self, request: Request, chapter_id: int) -> Response:
        with realtime.snapshot() as instant:
            chapter = selectors.chapter_by_id(viewer(request), chapter_id)
            at = position(instant, ChapterRoom(chapter_id))
        # Outside of the snapshot: what was not rendered yet is kept.
        shown = ChapterSerializer(chapter, context={"rendered": rendered(chapter)})
        return Response({**shown.data, "position": at})

    @extend_schema(operation_id="updateChapter", request=ChapterChangeSerializer, responses=ChapterRowSerializer)
    def patch(self, request: Request, chapter_id: int) -> Response:
        change = body(request, ChapterChangeSerializer)
        return _row(services.update_chapter(actor=asker(request), chapter_id=chapter_id, **change))

    @extend_schema(operation_id="deleteChapter", responses={204: None})
    def delete(self, request: Request, chapter_id: int) -> Response:
        services.delete_chapter(actor=asker(request), chapter_id=chapter_id)
        return gone()


class PublishView(APIView):
    """Releases a chapter now."""

    @extend_schema(operation_id="publishChapter", request=ReleaseSerializer, responses=ChapterRowSerializer)
    def post(self, request: Request, chapter_id: int) -> Response:
        wanted = body(request, ReleaseSerializer)
        return _row(releases.publish_chapter(actor=asker(request), chapter_id=chapter_id, **wanted))


class PublishChangesView(APIView):
    """Shows readers what the draft of a chapter says by now."""

    @extend_schema(operation_id="publishChanges", request=ChangesSerializer, responses=ChapterRowSerializer)
    def post(self, request: Request, chapter_id: int) -> Response:
        wanted = body(request, ChangesSerializer)
        return _row(publish_changes(actor=asker(request), chapter_id=chapter_id, **wanted))


class UnpublishView(APIView):
    """Takes a chapter back."""

    @extend_schema(operation_id="unpublishChapter", request=None, responses=ChapterRowSerializer)
    def post(self, request: Request, chapter_id: int) -> Response:
        return _row(releases.unpublish_chapter(actor=asker(request), chapter_id=chapter_id))


class ScheduleView(APIView):
    """When a chapter comes out by itself."""

    @extend_schema(operation_id="scheduleChapter", request=ScheduleSerializer, responses=ChapterRowSerializer)
    def put(self, request: Request, chapter_id: int) -> Response:
        wanted = body(request, ScheduleSerializer)
        return _row(releases.schedule_chapter(actor=asker(request), chapter_id=chapter_id, **wanted))

    @extend_schema(operation_id="unscheduleChapter", responses=ChapterRowSerializer)
    def delete(self, request: Request, chapter_id: int) -> Response:
        return _row(releases.unschedule_chapter(actor=asker(request), chapter_id=chapter_id))


class CommentsLockView(APIView):
    """Whether a chapter's comments are closed."""

    @extend_schema(operation_id="lockComments", request=LockSerializer, responses=ChapterRowSerializer)
    def put(self, request: Request, chapter_id: int) -> Response:
        locked: dict[str, Any] = body(request, LockSerializer)
        return _row(services.lock_comments(actor=asker(request), chapter_id=chapter_id, **locked))


def _row(chapter: Chapter) -> Response:
    return Response(ChapterRowSerializer(chapter).data)
