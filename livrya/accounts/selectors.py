"""Reads about people."""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from livrya.accounts.models import Block, Follow, LoginSession, Mute, User
from realtime.errors import NotFound, Unauthenticated
from realtime.identity import Identity

FOLLOW_ORDER = ("-id",)
"""The order of the lists of follows, blocks and mutes, for `livrya.kit.cursors.page`."""


def signed_in(identity: Identity) -> User:
    """Returns the person behind a session, for services. Raises Unauthenticated for nobody or a closed account."""
    user = User.objects.filter(pk=identity.user_id, is_active=True).first() if identity.user_id else None
    if user is None:
        raise Unauthenticated
    return user


def person(username: str) -> User:
    """Returns the active person of that name, whatever its case. Raises NotFound."""
    # Asked before the database is: a NUL in an address is an error on PostgreSQL.
    possible = username.isascii() and username.isprintable()
    user = User.objects.filter(username__lower=username.lower(), is_active=True).first() if possible else None
    if user is None:
        raise NotFound("There is nobody of that name.")
    return user


def person_by_id(user_id: int) -> User:
    """Returns the active person. Raises NotFound."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise NotFound("There is no such person.")
    return user


def profile(username: str, asker: User | None) -> User:
    """Returns the active person with `follower_count`, `following_count`, and what the asker has made of them.

    `is_followed`, `is_blocked`, `is_muted` (by the asker) are None for nobody and for oneself. Raises NotFound.
    """
    user = person(username)
    other = asker if asker and asker.pk != user.pk else None
    counted = {
        "follower_count": followers(user).count(),
        "following_count": following(user).count(),
        "is_followed": follows(other, user) if other else None,
        "is_blocked": blocks(other, user) if other else None,
        "is_muted": mutes(other, user) if other else None,
    }
    user.__dict__.update(counted)
    return user


def login_sessions(user: User) -> QuerySet[LoginSession]:
    """Returns the browsers' sessions of the person that have not ended, the last used first."""
    return LoginSession.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-expire_date")


def follows(follower: User, followed: User) -> bool:
    """Tells whether one follows the other."""
    return Follow.objects.filter(follower=follower, followed=followed).exists()


def followers(user: User) -> QuerySet[Follow]:
    """Returns who follows the person; page it by FOLLOW_ORDER."""
    return Follow.objects.filter(followed=user, follower__is_active=True).select_related("follower")


def following(user: User) -> QuerySet[Follow]:
    """Returns whom the person follows; page it by FOLLOW_ORDER."""
    return Follow.objects.filter(follower=user, followed__is_active=True).select_related("followed")


def blocks(blocker: User, blocked: User) -> bool:
    """Tells whether one has blocked the other."""
    return Block.objects.filter(blocker=blocker, blocked=blocked).exists()


def mutes(muter: User, muted: User) -> bool:
    """Tells whether one has muted the other."""
    return Mute.objects.filter(muter=muter, muted=muted).exists()


def apart(one: User, other: User) -> bool:
    """Tells whether one of them has blocked the other, whichever."""
    return Block.objects.filter(Q(blocker=one, blocked=other) | Q(blocker=other, blocked=one)).exists()


def blocked_ids(user: User | int) -> frozenset[int]:
    """Returns the ids of those who have blocked the person or whom the person has blocked, in one query."""
    user_id = user if isinstance(user, int) else user.pk
    pairs = Block.objects.filter(Q(blocker=user_id) | Q(blocked=user_id)).values_list("blocker_id", "blocked_id")
    return frozenset(someone for pair in pairs for someone in pair if someone != user_id)


def blocked_among(people: Iterable[int]) -> dict[int, frozenset[int]]:
    """Returns `blocked_ids` of each of many people, in one query; who has none is left out."""
    asked = set(people)
    found: dict[int, set[int]] = {}
    pairs = Block.objects.filter(Q(blocker__in=asked) | Q(blocked__in=asked)).values_list("blocker_id", "blocked_id")
    for blocker, blocked in pairs:
        found.setdefault(blocker, set()).add(blocked)
        found.setdefault(blocked, set()).add(blocker)
    return {person: frozenset(found[person]) for person in asked & found.keys()}


def muted_among(people: Iterable[int]) -> dict[int, frozenset[int]]:
    """Returns `muted_ids` of each of many people, in one query; who has none is left out."""
    found: dict[int, set[int]] = {}
    for muter, muted in Mute.objects.filter(muter__in=list(people)).values_list("muter_id", "muted_id"):
        found.setdefault(muter, set()).add(muted)
    return {person: frozenset(muted) for person, muted in found.items()}


def muted_ids(user: User | int) -> frozenset[int]:
    """Returns the ids of those whom the person has muted, in one query."""
    user_id = user if isinstance(user, int) else user.pk
    return frozenset(Mute.objects.filter(muter=user_id).values_list("muted_id", flat=True))


def kept_away(viewer: User | AnonymousUser) -> frozenset[int]:
    """Returns the ids of those whose words the viewer does not want to read: blocked, either way, or muted."""
    return blocked_ids(viewer) | muted_ids(viewer) if isinstance(viewer, User) else frozenset()


def silent_between(actor_id: int, people: Iterable[int]) -> set[int]:
    """Returns the ids of those among `people` who are to get nothing of what `actor_id` does, in two queries.

    They have muted the actor, or one has blocked the other.
    """
    asked = list(people)
    apart_from = Block.objects.filter(Q(blocker=actor_id, blocked__in=asked) | Q(blocked=actor_id, blocker__in=asked))
    found = {someone for pair in apart_from.values_list("blocker_id", "blocked_id") for someone in pair}
    found |= set(Mute.objects.filter(muted=actor_id, muter__in=asked).values_list("muter_id", flat=True))
    return found - {actor_id}


def blocked_people(user: User) -> QuerySet[Block]:
    """Returns whom the person has blocked; page it by FOLLOW_ORDER."""
    return Block.objects.filter(blocker=user).select_related("blocked").order_by(*FOLLOW_ORDER)


def muted_people(user: User) -> QuerySet[Mute]:
    """Returns whom the person has muted; page it by FOLLOW_ORDER."""
    return Mute.objects.filter(muter=user).select_related("muted").order_by(*FOLLOW_ORDER)


def mutual_follows(user_ids: Iterable[int]) -> QuerySet[Follow]:
    """Returns how these people follow their contacts: active people who follow them back."""
    back = Follow.objects.filter(follower=OuterRef("followed"), followed=OuterRef("follower"))
    return Follow.objects.filter(Exists(back), follower__in=user_ids, followed__is_active=True)


def staff_among(people: Iterable[User], *permissions: str) -> frozenset[int]:
    """Returns the ids of those for whom `policies.staff_may` says yes, in a query for each permission at most."""
    active = [person for person in people if person.is_active]
    found = {person.pk for person in active if person.is_superuser}
    if staff := [person.pk for person in active if person.is_staff and not person.is_superuser]:
        for permission in permissions:
            able = User.objects.with_perm(permission, backend="django.contrib.auth.backends.ModelBackend")
            found |= set(able.filter(pk__in=staff).values_list("pk", flat=True))
    return frozenset(found)
