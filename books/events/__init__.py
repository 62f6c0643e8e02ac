"""Rooms, events and commands of the library: the contracts of everything that travels."""

from books.events.rooms import AuthorRoom, BookRoom, ChapterRoom, DraftRoom, FollowersRoom

__all__ = ["AuthorRoom", "BookRoom", "ChapterRoom", "DraftRoom", "FollowersRoom"]
