"""Rooms that a reader's session receives by itself."""

from collections.abc import Iterable, Sequence

from books.events import AuthorRoom, BookRoom, FollowersRoom
from books.models import Subscription
from livrya.accounts.models import Follow
from livrya.kit.firsts import first_of_each, grouped
from realtime import UserRoom
from realtime.identity import Identity
from realtime.namespaces import for_many
from realtime.rooms import Room

MOST = 200
"""As many as a session may receive by itself; the newest subscriptions go first, then whom one follows."""


@for_many
def auto_rooms(people: Sequence[Identity]) -> list[list[Room]]:
    """Returns everybody's own rooms, the books of their subscriptions and the followers' rooms of whom they follow."""
    asked = {one.user_id for one in people if one.user_id is not None}
    books, followed = (_subscribed(asked), _followed(asked)) if asked else ({}, {})

    def rooms_of(user_id: int) -> list[Room]:
        rooms = [*map(BookRoom, books.get(user_id, ())), *map(FollowersRoom, followed.get(user_id, ()))]
        return [UserRoom(user_id), AuthorRoom(user_id), *rooms][:MOST]

    return [rooms_of(one.user_id) if one.user_id is not None else [] for one in people]


def _subscribed(people: Iterable[int]) -> dict[int, list[int]]:
    subscriptions = Subscription.objects.filter(user__in=people)
    return grouped(first_of_each(subscriptions, "user", order=("-id",), most=MOST).values_list("user_id", "book_id"))


def _followed(people: Iterable[int]) -> dict[int, list[int]]:
    follows = Follow.objects.filter(follower__in=people)
    return grouped(
        first_of_each(follows, "follower", order=("-id",), most=MOST).values_list("follower_id", "followed_id")
    )
