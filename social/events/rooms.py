"""The rooms of groups."""

from realtime.rooms import Room


class GroupRoom(Room, pattern="group:{group_id}"):
    """What happens in a group; its members."""

    group_id: int


class CallRoom(Room, pattern="call:{group_id}"):
    """Who takes part in a group's call; its members. No event is sent here: they go to the group's room."""

    group_id: int


class DirectoryRoom(Room, pattern="group:directory"):
    """Public groups appearing, changing and going; everybody who is signed in."""
