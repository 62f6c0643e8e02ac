"""Who may enter the rooms of groups; each answers for many rooms in a few queries."""

from collections.abc import Sequence
from typing import TypeVar

from livrya.accounts.models import User
from livrya.accounts.selectors import blocked_among, muted_among
from realtime.identity import Identity
from realtime.rooms import Grant, authorises_many
from social.events.rooms import CallRoom, DirectoryRoom, GroupRoom
from social.models import Membership
from social.policies.views import DirectoryPrivacy, GroupPrivacy

R = TypeVar("R", GroupRoom, CallRoom)


@authorises_many(GroupRoom)
def may_enter_groups(asked: Sequence[tuple[Identity, GroupRoom]]) -> dict[tuple[Identity, GroupRoom], Grant | None]:
    """Its members."""
    return _for_members(asked)


@authorises_many(CallRoom)
def may_enter_calls(asked: Sequence[tuple[Identity, CallRoom]]) -> dict[tuple[Identity, CallRoom], Grant | None]:
    """The members of the group in which the call is."""
    return _for_members(asked)


@authorises_many(DirectoryRoom)
def may_enter_directory(
    asked: Sequence[tuple[Identity, DirectoryRoom]],
) -> dict[tuple[Identity, DirectoryRoom], Grant | None]:
    """Everybody who is signed in; groups of people whom they block, or who block them, are not there for them."""
    blocked = blocked_among(identity.user_id for identity, _ in asked if identity.user_id is not None)
    nobody = frozenset[int]()
    return {
        (identity, room): None
        if identity.user_id is None
        else Grant(view=DirectoryPrivacy(hidden_ids=blocked.get(identity.user_id, nobody)))
        for identity, room in asked
    }


def _for_members(asked: Sequence[tuple[Identity, R]]) -> dict[tuple[Identity, R], Grant | None]:
    people = User.objects.filter(is_active=True).in_bulk({identity.user_id for identity, _ in asked} - {None})
    if not people:
        return {}
    memberships = Membership.objects.filter(
        user__in=list(people), group__in={room.group_id for _, room in asked}, group__ended_at__isnull=True
    )
    belonging = set(memberships.values_list("user_id", "group_id"))
    blocked, muted, nobody = blocked_among(people), muted_among(people), frozenset[int]()
    # Muted people go on as before: only this person gets nothing of them here.
    grants = {
        pk: Grant(
            view=GroupPrivacy(
                counted=not person.hide_online,
                types_openly=not person.hide_typing,
                hidden_ids=blocked.get(pk, nobody) | muted.get(pk, nobody),
            )
        )
        for pk, person in people.items()
    }
    return {
        (identity, room): grants[identity.user_id] if (identity.user_id, room.group_id) in belonging else None
        for identity, room in asked
        if identity.user_id is not None
    }
