"""Seats: memberships given back, and those of ephemeral groups, which last as long as one is there.

A server pushes the end of the seats of everybody who is connected there on (`keep_seats`); a seat that nobody
pushes any more ends one grace later, however that came about: a cut, a closed laptop, a process that was killed.
One process at a time gives such seats back (`end_lapsed_seats`), and a locked group ends once.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

import realtime
from livrya.accounts.models import User
from realtime.conf import realtime_settings
from social import signals
from social.errors import RoomNotFound
from social.models import Group, Membership, Role
from social.services.locking import lock_group

_AT_ONCE = 200


def seat_ends_at() -> datetime:
    """Returns until when somebody who is seen in an ephemeral group now has their seat."""
    return timezone.now() + timedelta(seconds=realtime_settings().presence_grace_seconds)


def keep_seats(*, seats: Mapping[int, Collection[int]]) -> set[int]:
    """Notes that people (ids) are in groups now; returns which of the groups are ephemeral: there it matters.

    A seat that is gone already is not brought back.
    """
    ephemeral = set(Group.objects.filter(pk__in=seats, persistent=False).values_list("pk", flat=True))
    if ephemeral:
        with realtime.atomic():
            for group_id in sorted(ephemeral):
                held = Membership.objects.filter(group=group_id, user__in=seats[group_id], present_until__isnull=False)
                held.update(present_until=seat_ends_at())
    return ephemeral


def end_lapsed_seats(*, now: datetime | None = None) -> int:
    """Gives back the seats of people who have not been seen for the grace, and returns how many."""
    now = now or timezone.now()
    lapsed = Membership.objects.filter(present_until__lte=now).order_by("present_until")
    return sum(_end_lapsed(group_id, pk, now) for group_id, pk in lapsed.values_list("group_id", "pk")[:_AT_ONCE])


def next_seat_end() -> datetime | None:
    """Returns when the next seat ends, as things are."""
    held = Membership.objects.filter(present_until__isnull=False).order_by("present_until")
    return held.values_list("present_until", flat=True).first()


def give_back(membership: Membership) -> None:
    """Takes a membership out of its locked group; say that it happened, then `settle`."""
    membership.delete()
    Group.objects.filter(pk=membership.group_id).update(member_count=F("member_count") - 1)
    membership.group.member_count -= 1


def settle(membership: Membership) -> None:
    """Does what follows from a seat that was given back, in the same transaction.

    An ephemeral group ends with its last seat, or with its creator's where it was made so. Else the owner's part
    passes to whoever has been there longest, moderators first; with nobody there, to the next who comes.
    """
    group = membership.group
    if not group.persistent and group.member_count == 0:
        end_group(group, reason="Nobody is here any more.", actor=None)
    elif group.auto_delete and membership.user_id == group.creator_id:
        end_group(group, reason="Its creator has left.", actor=None)
    elif membership.role == Role.OWNER:
        _succeed(group)


def end_group(group: Group, *, reason: str, actor: User | None) -> None:
    """Ends a locked group, inside the caller's transaction: once, as one that has ended is never locked again."""
    group.ended_at, group.end_reason = timezone.now(), reason
    group.save(update_fields=["ended_at", "end_reason"])
    Membership.objects.filter(group=group, present_until__isnull=False).update(present_until=None)
    signals.group_ended.send(Group, group=group, reason=reason, actor=actor)


def _succeed(group: Group) -> None:
    following = Membership.objects.filter(group=group).select_related("user").order_by("joined_at", "pk")
    heir = following.filter(role=Role.MODERATOR).first() or following.first()
    if heir is not None:
        heir.role, heir.group = Role.OWNER, group
        heir.save(update_fields=["role"])
        signals.member_changed.send(Membership, membership=heir, actor=None)


def _end_lapsed(group_id: int, membership_id: int, now: datetime) -> int:
    with realtime.atomic():
        try:
            group = lock_group(group_id)
        except RoomNotFound:
            return 0
        lapsed = Membership.objects.filter(pk=membership_id, present_until__lte=now).select_related("user")
        membership = lapsed.first()
        if membership is None:  # they came back meanwhile
            return 0
        membership.group = group
        give_back(membership)
        signals.member_left.send(Membership, group=group, user=membership.user, disconnected=True, actor=None)
        settle(membership)
    return 1
