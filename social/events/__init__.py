"""Rooms, events and commands of groups: the contracts of everything that travels."""

from social.events.rooms import CallRoom, DirectoryRoom, GroupRoom

__all__ = ["CallRoom", "DirectoryRoom", "GroupRoom"]
