"""Who belongs to a group, who is invited, who is kept out."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from books.api.views import gone
from livrya.accounts.api.authentication import asker
from livrya.kit.api.fields import unix_ms
from livrya.kit.api.reading import body
from livrya.kit.api.shapes import answer, page_of, shape
from social.api.serializers import BanSerializer, LinkSerializer, RoleSerializer, WhomSerializer
from social.api.views import PAGED, ListView, MembersView
from social.events.commands import RoomAndPerson, RoomLink
from social.events.describing import link_fields, member_fields, named
from social.events.members import MemberContent
from social.events.shapes import BanContent, SentInvitation
from social.models import Ban, Invitation
from social.selectors.groups import group_of_member, invitations_to
from social.selectors.members import ORDER, bans_in, members_of
from social.services import invitations, members


class MembersListView(ListView):
    """A group's members, in the order in which they joined."""

    order = ORDER

    @extend_schema(operation_id="members", parameters=PAGED, responses={200: page_of(MemberContent)})
    def get(self, request: Request, group_id: int) -> Response:
        group = group_of_member(asker(request), group_id)
        rows = members_of(group).select_related("group")
        return self.page(request, rows, lambda found: [MemberContent(**member_fields(one)) for one in found])


class MemberView(MembersView):
    """One member, for those who may give parts and take them."""

    @extend_schema(operation_id="setRole", request=RoleSerializer, responses={200: shape(MemberContent)})
    def patch(self, request: Request, group_id: int, user_id: int) -> Response:
        role = body(request, RoleSerializer)["role"]
        changed = members.set_role(actor=asker(request), group_id=group_id, user_id=user_id, role=role)
        return answer(MemberContent(**member_fields(changed)))

    @extend_schema(operation_id="kickMember", responses={204: None})
    def delete(self, request: Request, group_id: int, user_id: int) -> Response:
        members.kick_member(actor=asker(request), group_id=group_id, user_id=user_id)
        return gone()


class BansView(ListView):
    """Whom a group keeps out, for its moderators, the newest first."""

    @extend_schema(operation_id="bans", parameters=PAGED, responses={200: page_of(BanContent)})
    def get(self, request: Request, group_id: int) -> Response:
        return self.page(request, bans_in(asker(request), group_id), lambda found: map(_ban, found))

    @extend_schema(operation_id="banUser", request=BanSerializer, responses={201: shape(BanContent)})
    def post(self, request: Request, group_id: int) -> Response:
        return answer(
            _ban(members.ban_user(actor=asker(request), group_id=group_id, **body(request, BanSerializer))), 201
        )


class BanView(MembersView):
    """One ban."""

    @extend_schema(operation_id="unbanUser", responses={204: None})
    def delete(self, request: Request, group_id: int, user_id: int) -> Response:
        members.unban_user(actor=asker(request), group_id=group_id, user_id=user_id)
        return gone()


class InvitationsView(ListView):
    """Whom a group has invited, and its links that still open it, the newest first."""

    @extend_schema(operation_id="groupInvitations", parameters=PAGED, responses={200: page_of(SentInvitation)})
    def get(self, request: Request, group_id: int) -> Response:
        return self.page(request, invitations_to(asker(request), group_id), lambda found: map(_sent, found))

    @extend_schema(operation_id="inviteToGroup", request=WhomSerializer, responses={201: shape(RoomAndPerson)})
    def post(self, request: Request, group_id: int) -> Response:
        whom = body(request, WhomSerializer)["user_id"]
        invitations.invite_person(actor=asker(request), group_id=group_id, user_id=whom)
        return answer(RoomAndPerson(room_id=group_id, user_id=whom), 201)


class InvitationView(MembersView):
    """Somebody's invitation: taken back or, by that person, declined."""

    @extend_schema(operation_id="endGroupInvitation", responses={204: None})
    def delete(self, request: Request, group_id: int, user_id: int) -> Response:
        invitations.end_invitation(actor=asker(request), group_id=group_id, user_id=user_id)
        return gone()


class LinksView(MembersView):
    """Links into a group."""

    @extend_schema(operation_id="makeLink", request=LinkSerializer, responses={201: shape(RoomLink)})
    def post(self, request: Request, group_id: int) -> Response:
        link, token = invitations.make_link(actor=asker(request), group_id=group_id, **body(request, LinkSerializer))
        return answer(RoomLink(**link_fields(link, token)), 201)


class LinkView(MembersView):
    """One link, taken back by who made it, or a moderator."""

    @extend_schema(operation_id="endLink", responses={204: None})
    def delete(self, request: Request, invitation_id: int) -> Response:
        invitations.end_link(actor=asker(request), invitation_id=invitation_id)
        return gone()


def _ban(ban: Ban) -> BanContent:
    return BanContent(
        person=named(ban.user),
        banned_by=named(ban.banned_by) if ban.banned_by else None,
        reason=ban.reason,
        created_at=unix_ms(ban.created_at),
    )


def _sent(invitation: Invitation) -> SentInvitation:
    return SentInvitation(
        id=invitation.pk,
        person=named(invitation.user) if invitation.user else None,
        invited_by=named(invitation.invited_by),
        created_at=unix_ms(invitation.created_at),
        expires_at=unix_ms(invitation.expires_at) if invitation.expires_at else None,
    )
