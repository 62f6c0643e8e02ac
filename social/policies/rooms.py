"""Who may enter the rooms of groups; each answers for many rooms in a few queries."""

from collections.abc import Sequence
from typing import TypeVar

from livrya.accounts.models import User
from livrya.accounts.selectors import blocked_ids, muted_ids
from realtime.identity import Identity
from realtime.rooms import Grant, authorises
from social.events.rooms import CallRoom, DirectoryRoom, GroupRoom
from social.models import Membership

R = TypeVar("R", GroupRoom, CallRoom)


@authorises(GroupRoom)
def may_enter_group(identity: Identity, rooms: Sequence[GroupRoom]) -> dict[GroupRoom, Grant | None]:
    """Its members."""
    return _for_members(identity, rooms)


@authorises(CallRoom)
def may_enter_call(identity: Identity, rooms: Sequence[CallRoom]) -> dict[CallRoom, Grant | None]:
    """The members of the group in which the call is."""
    return _for_members(identity, rooms)


@authorises(DirectoryRoom)
def may_enter_directory(identity: Identity, rooms: Sequence[DirectoryRoom]) -> dict[DirectoryRoom, Grant | None]:
    """Everybody who is signed in."""
    return {room: None if identity.is_anonymous else Grant() for room in rooms}


def _for_members(identity: Identity, rooms: Sequence[R]) -> dict[R, Grant | None]:
    person = User.objects.filter(pk=identity.user_id, is_active=True).first() if identity.user_id else None
    if person is None:
        return {}
    asked = Membership.objects.filter(
        user=person, group__in=[room.group_id for room in rooms], group__ended_at__isnull=True
    )
    theirs = set(asked.values_list("group_id", flat=True))
    # Muted people go on as before: it is only this person who neither hears nor sees them here.
    unseen = blocked_ids(person) | muted_ids(person)
    grant = Grant(listed=not person.hide_online, types_openly=not person.hide_typing, unseen=unseen)
    return {room: grant if room.group_id in theirs else None for room in rooms}
