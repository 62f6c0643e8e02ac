"""What people may do in a group; a role is the only thing that counts, except where staff step in."""

from collections.abc import Collection
from typing import NoReturn

from django.db.models import Exists, OuterRef, Q

from livrya.accounts.models import User
from livrya.accounts.policies import staff_may
from livrya.accounts.selectors import blocked_ids
from livrya.audit.services import record
from realtime.errors import Forbidden
from social.errors import NotMember, RoomNotFound
from social.models import Group, Invitation, Membership, Role

_RANK = {Role.MEMBER: 0, Role.MODERATOR: 1, Role.OWNER: 2}


def public_to(viewer: User) -> Q:
    """Returns the condition on groups that are in the viewer's directory: public, by nobody whom they block or who
    blocks them. One query."""
    return public_apart_from(blocked_ids(viewer))


def public_apart_from(people: Collection[int]) -> Q:
    """Returns `public_to` for somebody who is apart from these people."""
    condition = Q(is_private=False)
    return condition & ~Q(creator__in=people) if people else condition


def is_public_apart_from(people: Collection[int], group: Group) -> bool:
    """Tells the same of a group at hand."""
    return not group.is_private and group.creator_id not in people


def known_to(viewer: User) -> Q:
    """Returns the condition on groups of which the viewer may know: those of the directory, their own, and those to
    which they are invited by name. One query."""
    own = Membership.objects.filter(group=OuterRef("pk"), user=viewer)
    invited = Invitation.objects.filter(group=OuterRef("pk"), user=viewer)
    return public_to(viewer) | Q(Exists(own)) | Q(Exists(invited))


def knows(viewer: User, group: Group) -> bool:
    """Tells whether the viewer may know of the group. Two queries."""
    return Group.objects.filter(known_to(viewer), pk=group.pk).exists()


def require_member(actor: User, group: Group) -> Membership:
    """Returns the actor's membership. Raises NotMember; RoomNotFound where they may not even know of it."""
    membership = Membership.objects.filter(group=group, user=actor).first()
    if membership is None:
        refuse_stranger(actor, group)
    membership.group, membership.user = group, actor
    return membership


def require_moderator(actor: User, group: Group) -> Membership:
    """Returns the membership of an owner or moderator. Raises as `require_member` does, Forbidden for the others."""
    membership = require_member(actor, group)
    if not membership.moderates:
        raise Forbidden
    return membership


def require_owner(actor: User, group: Group) -> Membership:
    """Returns the owner's membership. Raises as `require_member` does, Forbidden for the others."""
    membership = require_member(actor, group)
    if membership.role != Role.OWNER:
        raise Forbidden
    return membership


def outranks(membership: Membership, other: Membership) -> bool:
    """Tells whether one may remove the other from their group."""
    return _RANK[Role(membership.role)] > _RANK[Role(other.role)]


def require_managing(actor: User | None, group: Group, *, staff: str, act: str) -> None:
    """Lets its owner describe a group anew and end it, staff with the permission `staff`, and the system (None).

    What others than its owner do is written down in the caller's transaction. Raises as `require_owner`.
    """
    if actor is not None:
        if Membership.objects.filter(group=group, user=actor, role=Role.OWNER).exists():
            return
        if not staff_may(actor, staff):
            require_owner(actor, group)
    record(actor=actor, act=act, target=f"group:{group.pk}")


def require_report_reader(actor: User) -> None:
    """Refuses everybody but staff who may look at reports; who may settle them may, too. Raises Forbidden."""
    if not staff_may(actor, "social.view_report", "social.change_report"):
        raise Forbidden


def refuse_stranger(actor: User, group: Group) -> NoReturn:
    """Refuses somebody who is no member of the group: as if there were none where they may not know of it."""
    raise NotMember if knows(actor, group) else RoomNotFound
