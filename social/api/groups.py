"""Groups: the directory, one's own, one group, what opens it."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

import realtime
from books.api.views import gone
from livrya.accounts.api.authentication import asker
from livrya.kit.api.fields import unix_ms
from livrya.kit.api.reading import body
from livrya.kit.api.shapes import answer, page_of, shape
from realtime import Snapshot
from social.api.serializers import (
    EndSerializer,
    GroupChangeSerializer,
    KeySerializer,
    NewGroupSerializer,
    PlaceSerializer,
    SlowModeSerializer,
)
from social.api.views import PAGED, ListView, MembersView
from social.events import GroupRoom
from social.events.describing import listed_fields, member_fields, named, state_fields
from social.events.groups import RoomListed, RoomState
from social.events.members import MemberContent
from social.events.shapes import MembershipState, OpenInvitation, RoomPage
from social.events.talking import ReadState
from social.models import Group, Membership
from social.selectors import groups as selectors
from social.services import groups as services
from social.services.entering import join_group, leave_group
from social.services.reading import mark_read


class GroupsView(ListView):
    """The directory of public groups, by their last activity."""

    order = selectors.ORDER

    @extend_schema(
        operation_id="groups",
        parameters=[OpenApiParameter("q", description="words in name and description"), *PAGED],
        responses={200: page_of(RoomListed)},
    )
    def get(self, request: Request) -> Response:
        person = asker(request)
        found = selectors.public_groups(person, text=request.query_params.get("q", "")[:200])
        return self.page(request, found, lambda groups: selectors.listed(groups, person))

    @extend_schema(operation_id="createGroup", request=NewGroupSerializer, responses={201: shape(RoomState)})
    def post(self, request: Request) -> Response:
        made = services.create_group(actor=asker(request), **body(request, NewGroupSerializer))
        return answer(_state(made), 201)


class OwnGroupsView(ListView):
    """The groups to which the asker belongs, the last joined first, with what they have not read."""

    @extend_schema(operation_id="ownGroups", parameters=PAGED, responses={200: page_of(RoomListed)})
    def get(self, request: Request) -> Response:
        mine = selectors.groups_of(asker(request)).order_by()
        return self.page(request, mine, lambda found: [RoomListed(**listed_fields(own.group, own)) for own in found])


class OwnInvitationsView(ListView):
    """The groups to which the asker is invited, the newest first; joining accepts."""

    @extend_schema(operation_id="ownGroupInvitations", parameters=PAGED, responses={200: page_of(OpenInvitation)})
    def get(self, request: Request) -> Response:
        return self.page(
            request,
            selectors.invitations_for(asker(request)),
            lambda found: [
                OpenInvitation(
                    room=RoomListed(**listed_fields(invitation.group, None)),
                    invited_by=named(invitation.invited_by),
                    created_at=unix_ms(invitation.created_at),
                )
                for invitation in found
            ],
        )


class GroupView(MembersView):
    """One group."""

    @extend_schema(operation_id="group", responses={200: shape(RoomPage)})
    def get(self, request: Request, group_id: int) -> Response:
        with realtime.snapshot() as instant:
            group = selectors.group_for(asker(request), group_id=group_id)
            return answer(_page(group, instant))

    @extend_schema(operation_id="updateGroup", request=GroupChangeSerializer, responses={200: shape(RoomState)})
    def patch(self, request: Request, group_id: int) -> Response:
        given = body(request, GroupChangeSerializer)
        return answer(_state(services.update_group(actor=asker(request), group_id=group_id, **given)))

    @extend_schema(operation_id="deleteGroup", request=EndSerializer, responses={204: None})
    def delete(self, request: Request, group_id: int) -> Response:
        services.delete_group(actor=asker(request), group_id=group_id, **body(request, EndSerializer))
        return gone()


class MembershipView(MembersView):
    """The asker's own membership; putting and deleting may be repeated."""

    @extend_schema(operation_id="joinGroup", request=KeySerializer, responses={200: shape(MembershipState)})
    def put(self, request: Request, group_id: int) -> Response:
        own = join_group(actor=asker(request), group_id=group_id, **body(request, KeySerializer))
        return answer(_own(own))

    @extend_schema(operation_id="leaveGroup", responses={204: None})
    def delete(self, request: Request, group_id: int) -> Response:
        leave_group(actor=asker(request), group_id=group_id)
        return gone()


class PlaceView(MembersView):
    """How far the asker has read."""

    @extend_schema(operation_id="readGroup", request=PlaceSerializer, responses={200: shape(ReadState)})
    def put(self, request: Request, group_id: int) -> Response:
        own = mark_read(actor=asker(request), group_id=group_id, **body(request, PlaceSerializer))
        unread = own.group.last_number - own.read_number
        return answer(ReadState(room_id=group_id, number=own.read_number, unread_count=unread))


class SlowModeView(MembersView):
    """How long members wait between two messages."""

    @extend_schema(operation_id="slowMode", request=SlowModeSerializer, responses={200: shape(RoomState)})
    def put(self, request: Request, group_id: int) -> Response:
        given = body(request, SlowModeSerializer)
        return answer(_state(services.set_slow_mode(actor=asker(request), group_id=group_id, **given)))


def _state(group: Group) -> RoomState:
    return RoomState(**state_fields(group))


def _own(membership: Membership) -> MembershipState:
    return MembershipState(room=_state(membership.group), own=MemberContent(**member_fields(membership)))


def _page(group: Group, instant: Snapshot) -> RoomPage:
    own: Membership | None = group.__dict__["own"]
    return RoomPage(
        **state_fields(group),
        role=own.role if own else None,
        read_number=own.read_number if own else None,
        position=instant.position(GroupRoom(group.pk)) if own else None,
    )
