"""Comments of a chapter, and reactions to them."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

import realtime
from books.api.serializers.comments import CommentChangeSerializer, CommentSerializer, NewCommentSerializer
from books.api.serializers.hiding import HiddenSerializer
from books.api.views import Listing, created, gone, viewer
from books.events import ChapterRoom
from books.models import Comment, ReactionKind
from books.policies import Viewer
from books.selectors import comments as selectors
from books.selectors.chapters import chapter_by_id
from books.services import comments as services
from livrya.accounts.api.authentication import asker
from livrya.kit.api.instants import position
from livrya.kit.api.pages import PositionedPages
from livrya.kit.api.reading import body


class CommentPages(PositionedPages):
    """A page of comments says at which position the chapter's room was."""

    page_size = 50
    max_page_size = 200


@extend_schema_view(get=extend_schema(operation_id="comments"))
class CommentsView(Listing[Comment]):
    """A chapter's comments by thread, the oldest first, answers below what they answer."""

    serializer_class = CommentSerializer
    queryset = Comment.objects.none()
    permission_classes = (IsAuthenticatedOrReadOnly,)
    pagination_class = CommentPages
    order = ("path",)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        who, chapter_id = viewer(request), self.kwargs["chapter_id"]
        pages = self.paginator
        assert isinstance(pages, CommentPages)
        with realtime.snapshot() as instant:
            chapter = chapter_by_id(who, chapter_id)
            found = pages.paginate_queryset(selectors.comments_of(chapter), request, self)
            shown = _shown(found, who)
            pages.position = position(instant, ChapterRoom(chapter_id))
        return pages.get_paginated_response(shown)

    @extend_schema(operation_id="postComment", request=NewCommentSerializer, responses={201: CommentSerializer})
    def post(self, request: Request, chapter_id: int) -> Response:
        person = asker(request)
        made = services.post_comment(actor=person, chapter_id=chapter_id, **body(request, NewCommentSerializer))
        return created(_shown([made], person)[0])


class CommentView(APIView):
    """One comment."""

    @extend_schema(operation_id="editComment", request=CommentChangeSerializer, responses=CommentSerializer)
    def patch(self, request: Request, comment_id: int) -> Response:
        person = asker(request)
        changed = services.edit_comment(actor=person, comment_id=comment_id, **body(request, CommentChangeSerializer))
        return Response(_shown([changed], person)[0])

    @extend_schema(operation_id="deleteComment", responses={204: None})
    def delete(self, request: Request, comment_id: int) -> Response:
        services.delete_comment(actor=asker(request), comment_id=comment_id)
        return gone()


@extend_schema(parameters=[OpenApiParameter("kind", location="path", enum=list(ReactionKind.values))])
class ReactionView(APIView):
    """The asker's reaction of one kind to a comment; putting and deleting may be repeated."""

    @extend_schema(operation_id="react", request=None, responses=CommentSerializer)
    def put(self, request: Request, comment_id: int, kind: str) -> Response:
        return self._react(request, comment_id, kind, on=True)

    @extend_schema(operation_id="unreact", responses=CommentSerializer)
    def delete(self, request: Request, comment_id: int, kind: str) -> Response:
        return self._react(request, comment_id, kind, on=False)

    def _react(self, request: Request, comment_id: int, kind: str, *, on: bool) -> Response:
        person = asker(request)
        comment = services.react_to_comment(actor=person, comment_id=comment_id, kind=kind, on=on)
        return Response(_shown([comment], person)[0])


class CommentModerationView(APIView):
    """Whether a comment is out of sight; for those who may moderate the book's comments."""

    @extend_schema(operation_id="moderateComment", request=HiddenSerializer, responses=CommentSerializer)
    def put(self, request: Request, comment_id: int) -> Response:
        person, hide = asker(request), body(request, HiddenSerializer)["hidden"]
        act = services.hide_comment if hide else services.restore_comment
        return Response(_shown([act(actor=person, comment_id=comment_id)], person)[0])


def _shown(comments: Sequence[Comment], who: Viewer) -> Any:
    ids = [comment.pk for comment in comments]
    context = {"reactions": selectors.reactions_of(ids), "own_reactions": selectors.own_reactions(who, ids)}
    return CommentSerializer(comments, many=True, context=context).data
