"""Rooms that a reader's session receives by itself."""

from books.events import AuthorRoom, BookRoom, FollowersRoom
from books.models import Subscription
from livrya.accounts.models import Follow
from realtime import UserRoom
from realtime.identity import Identity
from realtime.rooms import Room

MOST = 200
"""As many as a session may receive by itself; the newest subscriptions go first, then whom one follows."""


def auto_rooms(identity: Identity) -> list[Room]:
    """Returns a person's own rooms, the books of their subscriptions and the followers' rooms of whom they follow."""
    if identity.user_id is None:
        return []
    rooms: list[Room] = [UserRoom(identity.user_id), AuthorRoom(identity.user_id)]
    books = Subscription.objects.filter(user_id=identity.user_id).order_by("-id")
    rooms += map(BookRoom, books.values_list("book_id", flat=True)[: MOST - len(rooms)])
    if len(rooms) < MOST:
        followed = Follow.objects.filter(follower_id=identity.user_id).order_by("-id")
        rooms += map(FollowersRoom, followed.values_list("followed_id", flat=True)[: MOST - len(rooms)])
    return rooms
