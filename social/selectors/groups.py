"""Groups as lists and one by one."""

from collections.abc import Collection, Iterable, Sequence

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from livrya.accounts.models import User
from livrya.accounts.selectors import blocked_among
from livrya.kit.firsts import first_of_each, grouped
from livrya.kit.texts import search_words
from realtime import UserRoom
from realtime.errors import NotFound
from realtime.identity import Identity
from realtime.namespaces import for_many
from realtime.rooms import Room
from social.errors import RoomNotFound
from social.events.describing import listed_fields
from social.events.groups import RoomList, RoomListed
from social.models import Group, Invitation, Membership
from social.policies import is_public_apart_from, knows, public_apart_from, public_to, refuse_stranger

ORDER = ("-last_activity_at", "-id")
"""The order of lists of groups, for `livrya.kit.cursors.page`."""
_BY_ACTIVITY = ("-group__last_activity_at", "-group_id")
"""The same of memberships."""
ON_CONNECT = 20
_NEWS = 100
"""So much of the directory is read for all who come: what one belongs to, or does not see, is left out of it."""


def group_for(viewer: User, *, group_id: int | None = None, slug: str | None = None) -> Group:
    """Returns a group that the viewer may know of, with `own`: their membership, or None. Two queries for a member.

    That is one of the directory, one of theirs, or one to which they are invited by name. Raises RoomNotFound.
    """
    wanted = Q(pk=group_id) if slug is None else Q(slug=slug)
    group = Group.objects.filter(wanted, ended_at__isnull=True).first()
    if group is None:
        raise RoomNotFound
    own = Membership.objects.filter(group=group, user=viewer).first()
    if own is None and not knows(viewer, group):
        raise RoomNotFound
    group.__dict__["own"] = own
    return group


def group_of_member(viewer: User, group_id: int) -> Group:
    """Returns a group of the viewer's with `own`, their membership. Raises RoomNotFound, NotMember."""
    group = Group.objects.filter(pk=group_id, ended_at__isnull=True).first()
    if group is None:
        raise RoomNotFound
    own = Membership.objects.filter(group=group, user=viewer).first()
    if own is None:
        refuse_stranger(viewer, group)
    group.__dict__["own"] = own
    return group


def groups_of(user: User | int) -> QuerySet[Membership]:
    """Returns somebody's memberships with their groups and `unread_count`, by last activity, in one query."""
    return (
        Membership.objects.filter(user=user, group__ended_at__isnull=True)
        .select_related("group")
        .annotate(unread_count=F("group__last_number") - F("read_number"))
        .order_by(*_BY_ACTIVITY)
    )


def groups_of_many(people: Iterable[int], *, most: int) -> dict[int, list[int]]:
    """Returns the ids of everybody's groups, by last activity and the first `most` of each, in one query."""
    return grouped(_newest_of_each(people, most=most).values_list("user_id", "group_id"))


def _newest_of_each(people: Iterable[int], *, most: int) -> QuerySet[Membership]:
    found = Membership.objects.filter(user__in=people, group__ended_at__isnull=True)
    return first_of_each(found, "user", order=_BY_ACTIVITY, most=most)


def unread_in_all(user: User) -> int:
    """Returns in how many groups there is something new for somebody."""
    return groups_of(user).filter(group__last_number__gt=F("read_number")).count()


def public_groups(viewer: User | None, *, text: str = "") -> QuerySet[Group]:
    """Returns the directory, by last activity; `text`: words that must all occur in name or description."""
    seen = Q(is_private=False) if viewer is None else public_to(viewer)
    groups = Group.objects.filter(seen, ended_at__isnull=True)
    for word in search_words(text):
        groups = groups.filter(Q(name__icontains=word) | Q(description__icontains=word))
    return groups.order_by(*ORDER)


def listed(groups: Sequence[Group], viewer: User) -> list[RoomListed]:
    """Returns groups as the viewer sees them in a list, in one query."""
    own = {one.group_id: one for one in Membership.objects.filter(user=viewer, group__in=groups)}
    return [RoomListed(**listed_fields(group, own.get(group.pk))) for group in groups]


def room_lists(people: Collection[int]) -> dict[int, list[RoomListed]]:
    """Returns each person's groups and public ones, as many as are sent on connect, by last activity; in four queries.

    One more for who does not see most of what is new in the directory.
    """
    newest = _newest_of_each(people, most=ON_CONNECT).select_related("group")
    own = grouped((one.user_id, RoomListed(**listed_fields(one.group, one))) for one in newest)
    directory = list(public_groups(None)[:_NEWS])
    public = {group.pk: RoomListed(**listed_fields(group, None)) for group in directory}
    belonging = set(Membership.objects.filter(user__in=people, group__in=public).values_list("user_id", "group_id"))
    blocked = blocked_among(people)
    oldest = min((room.last_activity for room in public.values()), default=0) if len(public) == _NEWS else 0

    def rooms_of(person: int) -> list[RoomListed]:
        apart = blocked.get(person, ())
        others = [
            public[group.pk]
            for group in directory
            if (person, group.pk) not in belonging and is_public_apart_from(apart, group)
        ]
        rooms = sorted([*own.get(person, ()), *others], key=_last_activity, reverse=True)[:ON_CONNECT]
        if oldest and (len(rooms) < ON_CONNECT or rooms[-1].last_activity < oldest):
            rooms = sorted([*own.get(person, ()), *_others(person, apart)], key=_last_activity, reverse=True)
        return rooms[:ON_CONNECT]

    return {person: rooms_of(person) for person in people}


def _others(person: int, apart: Collection[int]) -> list[RoomListed]:
    found = public_groups(None).filter(public_apart_from(apart)).exclude(pk__in=groups_of(person).values("group"))
    return [RoomListed(**listed_fields(group, None)) for group in found[:ON_CONNECT]]


def _last_activity(room: RoomListed) -> int:
    return room.last_activity


@for_many
def greeting(people: Sequence[Identity]) -> list[Sequence[tuple[Room, RoomList]]]:
    """Returns what each session of `/social` is sent when it opens."""
    asked = {one.user_id for one in people if one.user_id is not None}
    active = set(User.objects.filter(pk__in=asked, is_active=True).values_list("pk", flat=True)) if asked else set()
    lists = room_lists(active) if active else {}
    return [
        ((UserRoom(one.user_id), RoomList(rooms=lists[one.user_id])),)
        if one.user_id is not None and one.user_id in lists
        else ()
        for one in people
    ]


def invitations_for(user: User) -> QuerySet[Invitation]:
    """Returns somebody's open invitations, the newest first."""
    return _open_invitations(user).select_related("group", "invited_by").order_by("-id")


def invitations_to(viewer: User, group_id: int) -> QuerySet[Invitation]:
    """Returns whom a group of the viewer's has invited, and its links that still open it, the newest first."""
    group = group_of_member(viewer, group_id)
    return Invitation.objects.filter(_in_force(), group=group).select_related("user", "invited_by").order_by("-id")


def links_for(viewer: User) -> QuerySet[Invitation]:
    """Returns the links that still open groups of the viewer's."""
    return Invitation.objects.filter(
        _in_force(), token_hash__isnull=False, group__ended_at__isnull=True, group__memberships__user=viewer
    )


def group_behind(token: str) -> Group:
    """Returns the group that a link's token opens. Raises NotFound."""
    link = (
        Invitation.objects.filter(
            token_hash=Invitation.hash_of(token), expires_at__gt=timezone.now(), group__ended_at__isnull=True
        )
        .select_related("group")
        .first()
    )
    if link is None:
        raise NotFound("This link opens nothing any more.")
    return link.group


def _open_invitations(user: User) -> QuerySet[Invitation]:
    return Invitation.objects.filter(user=user, group__ended_at__isnull=True)


def _in_force() -> Q:
    return Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
