"""What one may say to the library, and where: its commands, and the namespace `/books`."""

from books.events import AuthorRoom, BookRoom, ChapterRoom, DraftRoom, FollowersRoom
from books.namespaces.autorooms import auto_rooms
from books.namespaces.changes import changes
from books.namespaces.drafting import drafting
from books.namespaces.entering import entering
from books.namespaces.presence import presence
from livrya.accounts.namespaces import people
from realtime import UserRoom
from realtime.namespaces import Namespace

book_commands = (entering, changes, drafting, presence, people)
"""Everything that `/books` takes; `/` takes it too."""

BOOK_ROOMS = (BookRoom, ChapterRoom, DraftRoom, AuthorRoom, FollowersRoom, UserRoom)

books_namespace = Namespace("/books", commands=book_commands, rooms=BOOK_ROOMS, auto_rooms=auto_rooms)

__all__ = ["BOOK_ROOMS", "auto_rooms", "book_commands", "books_namespace"]
