"""Reads about people."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils import timezone

from livrya.accounts.models import Follow, LoginSession, User
from realtime.errors import NotFound, Unauthenticated
from realtime.identity import Identity

FOLLOW_ORDER = ("-id",)
"""The order of the lists below, for `livrya.cursors.page`."""


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
    """Returns the active person with `follower_count`, `following_count`, and `is_followed` by the asker.

    `is_followed` is None for nobody and for oneself. Raises NotFound.
    """
    user = person(username)
    counted = {
        "follower_count": followers(user).count(),
        "following_count": following(user).count(),
        "is_followed": follows(asker, user) if asker and asker.pk != user.pk else None,
    }
    user.__dict__.update(counted)
    return user


def login_sessions(user: User) -> QuerySet[LoginSession]:
    """Returns the browsers' sessions of the person that have not ended, the last used first."""
    return LoginSession.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-expire_date")


def follows(follower: User, followed: User) -> bool:
    """Tells whether one follows the other."""
    return Follow.objects.filter(follower=follower, followed=followed).exists()


def followed_among(follower: User, people: Iterable[User]) -> set[int]:
    """Returns the ids of those among `people` whom `follower` follows, in one query."""
    ids = [someone.pk for someone in people]
    return set(Follow.objects.filter(follower=follower, followed__in=ids).values_list("followed_id", flat=True))


def followers(user: User) -> QuerySet[Follow]:
    """Returns who follows the person; page it by FOLLOW_ORDER."""
    return Follow.objects.filter(followed=user, follower__is_active=True).select_related("follower")


def following(user: User) -> QuerySet[Follow]:
    """Returns whom the person follows; page it by FOLLOW_ORDER."""
    return Follow.objects.filter(follower=user, followed__is_active=True).select_related("followed")


def follower_ids(user_id: int, *, after: int, limit: int) -> Sequence[int]:
    """Returns up to `limit` ids of active followers above `after`, ascending: an audience, in slices."""
    found = Follow.objects.filter(followed=user_id, follower__gt=after, follower__is_active=True)
    return list(found.order_by("follower").values_list("follower_id", flat=True)[:limit])
