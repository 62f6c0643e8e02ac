"""What people may do in a group; a role is the only thing that counts, except where staff step in."""

from typing import NoReturn

from livrya.accounts.models import User
from livrya.accounts.policies import staff_may
from livrya.audit.services import record
from realtime.errors import Forbidden
from social.errors import NotMember, RoomNotFound
from social.models import Group, Membership, Role

_RANK = {Role.MEMBER: 0, Role.MODERATOR: 1, Role.OWNER: 2}


def require_member(actor: User, group: Group) -> Membership:
    """Returns the actor's membership. Raises NotMember; RoomNotFound where they may not even know of it."""
    membership = Membership.objects.filter(group=group, user=actor).first()
    if membership is None:
        refuse_stranger(group)
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


def refuse_stranger(group: Group) -> NoReturn:
    """Refuses somebody who is no member of the group."""
    raise RoomNotFound if group.is_private else NotMember
