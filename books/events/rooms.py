"""The rooms of the library."""

from realtime.rooms import Room


class BookRoom(Room, pattern="book:{book_id}"):
    """What happens to a book; whoever may see the book may enter."""

    book_id: int


class ChapterRoom(Room, pattern="chapter:{chapter_id}"):
    """What happens in a chapter; its readers, before publication those who work on the book."""

    chapter_id: int


class DraftRoom(Room, pattern="draft:{chapter_id}"):
    """The writing of a chapter; those who may edit it."""

    chapter_id: int


class AuthorRoom(Room, pattern="author:{author_id}"):
    """Live alerts of one author, for the author alone."""

    author_id: int


class FollowersRoom(Room, pattern="author:{author_id}:followers"):
    """New chapters of all the author's public books, for followers and the author."""

    author_id: int
