"""Who belongs to groups."""

from collections.abc import Sequence

from django.db.models import QuerySet

from livrya.accounts.models import User
from social import limits
from social.models import Ban, Group, Membership
from social.policies import require_moderator
from social.selectors.groups import group_of_member

ORDER = ("joined_at", "id")
"""The order of lists of members, for `livrya.kit.cursors.page`: who joined first is first."""


def members_of(group: Group) -> QuerySet[Membership]:
    """Returns a group's members with their people."""
    return Membership.objects.filter(group=group).select_related("user").order_by(*ORDER)


def is_member(user_id: int, group_id: int) -> bool:
    """Tells whether somebody is a member of a group."""
    return Membership.objects.filter(user=user_id, group=group_id).exists()


def listed_members(group: Group) -> list[Membership]:
    """Returns the members that one answer lists, the first of them where they are many."""
    found = list(members_of(group)[: limits.MEMBERS_LISTED])
    for membership in found:
        membership.group = group
    return found


def bans_in(viewer: User, group_id: int) -> QuerySet[Ban]:
    """Returns whom the moderators of a group keep out, for them, the newest first."""
    group = group_of_member(viewer, group_id)
    require_moderator(viewer, group)
    return Ban.objects.filter(group=group).select_related("user", "banned_by").order_by("-id")


def named_members(group: Group, names: Sequence[str]) -> list[int]:
    """Returns the ids of the members with these usernames, whatever their case, in the order of the names."""
    wanted = [name.lower() for name in names]
    found = Membership.objects.filter(group=group, user__username__lower__in=wanted, user__is_active=True)
    ids = {name.lower(): user_id for user_id, name in found.values_list("user_id", "user__username")}
    return [ids[name] for name in dict.fromkeys(wanted) if name in ids]
