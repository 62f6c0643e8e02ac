"""State and constraints of the library; `books.services` are the only writers."""

from books.models.book import Book, ContentRating, ContentWarning, Progress, Tag, Visibility
from books.models.chapter import Chapter, ChapterState
from books.models.clash import Clash, ClashKind
from books.models.comment import Comment, Reaction, ReactionKind
from books.models.imports import Import
from books.models.people import Credit, CreditKind, Invitation, Right
from books.models.reading import ReadingProgress, Shelf, ShelfEntry, Subscription, SubscriptionLevel
from books.models.rendering import Rendering
from books.models.review import Review
from books.models.version import Version, VersionKind

__all__ = [
    "Book",
    "Chapter",
    "ChapterState",
    "Clash",
    "ClashKind",
    "Comment",
    "ContentRating",
    "ContentWarning",
    "Credit",
    "CreditKind",
    "Import",
    "Invitation",
    "Progress",
    "Reaction",
    "ReactionKind",
    "ReadingProgress",
    "Rendering",
    "Review",
    "Right",
    "Shelf",
    "ShelfEntry",
    "Subscription",
    "SubscriptionLevel",
    "Tag",
    "Version",
    "VersionKind",
    "Visibility",
]
