"""Rows locked for a change: always the group before anything in it, so that no two writers wait for each other."""

from livrya.accounts.models import User
from livrya.accounts.policies import staff_may
from realtime.errors import NotFound
from social.errors import RoomNotFound
from social.models import Group, Membership, Message
from social.selectors.messages import readable


def lock_group(group_id: int) -> Group:
    """Returns the group, locked until the transaction ends. Raises RoomNotFound, also for one that has ended."""
    group = Group.objects.select_for_update(no_key=True).filter(pk=group_id, ended_at__isnull=True).first()
    if group is None:
        raise RoomNotFound
    return group


def lock_message(actor: User | None, message_id: int, *, staff: str = "") -> Message:
    """Returns a message that the actor can read, with its sender and its group, which is locked. Raises NotFound.

    The system finds every one that is not deleted. For removing one, `staff` is the permission with which staff do,
    too, and the group's moderators there: who blocks a moderator is not beyond them for that.
    """
    group_id = Message.objects.filter(pk=message_id).values_list("group_id", flat=True).first()
    if group_id is None:
        raise NotFound("There is no such message.")
    try:
        group = lock_group(group_id)
    except RoomNotFound as error:
        raise NotFound("There is no such message.") from error
    if actor is None or (staff and _may_moderate(actor, group, staff)):
        found = Message.objects.filter(deleted_at__isnull=True).select_related("sender", "reply_to__sender")
    else:
        found = readable(actor)
    message = found.filter(pk=message_id).first()
    if message is None:
        raise NotFound("There is no such message.")
    message.group = group
    return message


def member_of(group: Group, user_id: int) -> Membership:
    """Returns somebody's membership with its user. Raises NotFound where they are no member."""
    membership = Membership.objects.filter(group=group, user=user_id).select_related("user").first()
    if membership is None:
        raise NotFound("They are not a member of this group.")
    membership.group = group
    return membership


def _may_moderate(actor: User, group: Group, staff: str) -> bool:
    if staff_may(actor, staff):
        return True
    own = Membership.objects.filter(group=group, user=actor).first()
    return own is not None and own.moderates
