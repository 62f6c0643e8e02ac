"""Rows locked for a change: always the group before anything in it, so that no two writers wait for each other."""

from livrya.accounts.models import User
from livrya.accounts.policies import staff_may
from realtime.errors import NotFound
from social.errors import NotMember, RoomNotFound
from social.models import Group, Membership, Message
from social.policies import require_member


def lock_group(group_id: int) -> Group:
    """Returns the group, locked until the transaction ends. Raises RoomNotFound, also for one that has ended."""
    group = Group.objects.select_for_update(no_key=True).filter(pk=group_id, ended_at__isnull=True).first()
    if group is None:
        raise RoomNotFound
    return group


def lock_message(actor: User | None, message_id: int, *, staff: str = "") -> Message:
    """Returns a message that is not deleted, with its sender and its group, which is locked.

    Raises NotFound, also for a message that the actor may not see; the system sees every one, and staff with the
    permission `staff`.
    """
    group_id = Message.objects.filter(pk=message_id).values_list("group_id", flat=True).first()
    if group_id is None:
        raise NotFound("There is no such message.")
    try:
        group = lock_group(group_id)
        if actor is not None and not (staff and staff_may(actor, staff)):
            require_member(actor, group)
    except (RoomNotFound, NotMember) as error:
        raise NotFound("There is no such message.") from error
    message = Message.objects.filter(pk=message_id).select_related("sender", "reply_to__sender").first()
    if message is None or message.deleted_at is not None:
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
