"""Rooms that a session of `/social` receives by itself."""

from realtime import UserRoom
from realtime.identity import Identity
from realtime.rooms import Room
from social.events import DirectoryRoom, GroupRoom
from social.selectors.groups import groups_of

MOST = 150
"""Groups, by their last activity; of what is left of a session's 200 rooms people join as they like."""


def auto_rooms(identity: Identity) -> list[Room]:
    """Returns a person's own room, the directory, and their groups: so that one sees in each that there is news.

    Receiving is not being there: who wants to talk in a group joins it.
    """
    if identity.user_id is None:
        return []
    groups = groups_of(identity.user_id).values_list("group_id", flat=True)[:MOST]
    return [UserRoom(identity.user_id), DirectoryRoom(), *map(GroupRoom, groups)]
