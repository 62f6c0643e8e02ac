"""Rooms that a session of `/social` receives by itself."""

from collections.abc import Sequence

from realtime import UserRoom
from realtime.identity import Identity
from realtime.namespaces import for_many
from realtime.rooms import Room
from social.events import DirectoryRoom, GroupRoom
from social.selectors.groups import groups_of_many

MOST = 150
"""Groups, by their last activity; of what is left of a session's 200 rooms people join as they like."""


@for_many
def auto_rooms(people: Sequence[Identity]) -> list[list[Room]]:
    """Returns each person's own room, the directory, and their groups: so that one sees in each that there is news.

    Receiving is not being there: who wants to talk in a group joins it.
    """
    asked = {one.user_id for one in people if one.user_id is not None}
    found = groups_of_many(asked, most=MOST) if asked else {}

    def rooms_of(user_id: int) -> list[Room]:
        return [UserRoom(user_id), DirectoryRoom(), *map(GroupRoom, found.get(user_id, ()))]

    return [rooms_of(one.user_id) if one.user_id is not None else [] for one in people]
