"""What is said in groups: pages, search, messages, reactions, files."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

import realtime
from books.api.views import gone
from books.errors import invalid
from books.models import ReactionKind
from livrya.accounts.api.authentication import asker
from livrya.kit.api.converters import read_id
from livrya.kit.api.instants import position
from livrya.kit.api.reading import body
from livrya.kit.api.shapes import answer, page_of, shape
from livrya.kit.files import private
from realtime.positions import Position
from social.api.serializers import MessageChangeSerializer, NewMessageSerializer, UploadSerializer
from social.api.views import PAGED, ListView, MembersView
from social.events import GroupRoom
from social.events.messages import AttachmentContent, MessageContent, MessageShown
from social.models import AttachmentKind
from social.selectors import messages as selectors
from social.selectors.groups import group_of_member
from social.services import attachments, messages


class MessagesView(ListView):
    """What was said in a group, the newest first, and its stream's position at that instant."""

    order = ("-number",)

    @extend_schema(
        operation_id="messages",
        parameters=PAGED,
        responses={200: page_of(MessageShown, position=shape(Position))},
    )
    def get(self, request: Request, group_id: int) -> Response:
        person = asker(request)
        with realtime.snapshot() as instant:
            rows = selectors.spoken(person).filter(group=group_of_member(person, group_id))
            return self.page(
                request,
                rows,
                lambda found: selectors.shown(found, person),
                position=lambda: position(instant, GroupRoom(group_id)),
            )

    @extend_schema(operation_id="sendMessage", request=NewMessageSerializer, responses={201: shape(MessageContent)})
    def post(self, request: Request, group_id: int) -> Response:
        said = messages.send_message(actor=asker(request), group_id=group_id, **body(request, NewMessageSerializer))
        return answer(selectors.own_content(said), 201)


class SearchView(ListView):
    """Messages in the asker's groups that have all the words, the newest first."""

    order = selectors.SEARCH_ORDER

    @extend_schema(
        operation_id="searchMessages",
        parameters=[
            OpenApiParameter("q", required=True),
            OpenApiParameter("groupId", int, description="in this group alone"),
            *PAGED,
        ],
        responses={200: page_of(MessageShown)},
    )
    def get(self, request: Request) -> Response:
        person, asked = asker(request), request.query_params
        rows = selectors.search(person, asked.get("q", "")[:200], group_id=_id(asked.get("groupId")))
        return self.page(request, rows, lambda found: selectors.shown(found, person))


class MessageView(MembersView):
    """One message."""

    @extend_schema(operation_id="editMessage", request=MessageChangeSerializer, responses={200: shape(MessageContent)})
    def patch(self, request: Request, message_id: int) -> Response:
        given = body(request, MessageChangeSerializer)
        return answer(
            selectors.own_content(messages.edit_message(actor=asker(request), message_id=message_id, **given))
        )

    @extend_schema(operation_id="deleteMessage", responses={204: None})
    def delete(self, request: Request, message_id: int) -> Response:
        messages.delete_message(actor=asker(request), message_id=message_id)
        return gone()


@extend_schema(parameters=[OpenApiParameter("kind", location="path", enum=list(ReactionKind.values))])
class MessageReactionView(MembersView):
    """The asker's reaction of one kind to a message; putting and deleting may be repeated."""

    @extend_schema(operation_id="reactToMessage", request=None, responses={200: shape(MessageShown)})
    def put(self, request: Request, message_id: int, kind: str) -> Response:
        return self._react(request, message_id, kind, on=True)

    @extend_schema(operation_id="unreactToMessage", responses={200: shape(MessageShown)})
    def delete(self, request: Request, message_id: int, kind: str) -> Response:
        return self._react(request, message_id, kind, on=False)

    def _react(self, request: Request, message_id: int, kind: str, *, on: bool) -> Response:
        person = asker(request)
        message = messages.react_to_message(actor=person, message_id=message_id, kind=kind, on=on)
        return answer(selectors.shown([message], person)[0])


class AttachmentsView(MembersView):
    """Files for a group, to be sent with a message within a day."""

    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="addAttachment",
        request={"multipart/form-data": UploadSerializer},
        responses={201: shape(AttachmentContent)},
    )
    def post(self, request: Request, group_id: int) -> Response:
        upload: Any = body(request, UploadSerializer)["file"]
        added = attachments.add_attachment(actor=asker(request), group_id=group_id, upload=upload)
        return answer(selectors.attachment_content(added), 201)


class AttachmentView(MembersView):
    """One file, for the members of its group; players may ask for a range of it."""

    @extend_schema(operation_id="attachment", responses={(200, "*/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, attachment_id: int) -> HttpResponse:
        found = selectors.attachment_for(asker(request), attachment_id)
        return private(
            request._request,
            found.file,
            content_type=found.content_type,
            name=found.name,
            inline=found.kind != AttachmentKind.FILE,
        )

    @extend_schema(operation_id="removeAttachment", responses={204: None})
    def delete(self, request: Request, attachment_id: int) -> Response:
        attachments.remove_attachment(actor=asker(request), attachment_id=attachment_id)
        return gone()


def _id(given: str | None) -> int | None:
    if given is None:
        return None
    if (number := read_id(given)) is None:
        raise invalid("groupId", "The id of a group, please.")
    return number
