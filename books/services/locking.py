"""Rows locked for a change: always the book before its chapters, so that no two writers wait for each other.

`known_…` return them unlocked, for what is worked out before a transaction begins.
"""

from books.models import Book, Chapter, Comment
from realtime.errors import NotFound


def lock_book(book_id: int) -> Book:
    """Returns the book, locked until the transaction ends. Raises NotFound."""
    book = Book.objects.select_for_update(no_key=True).filter(pk=book_id).first()
    if book is None:
        raise NotFound("There is no such book.")
    return book


def known_book(book_id: int) -> Book:
    """Returns the book as it is now, not locked: for what is worked out before a transaction. Raises NotFound."""
    book = Book.objects.filter(pk=book_id).first()
    if book is None:
        raise NotFound("There is no such book.")
    return book


def known_chapter(chapter_id: int) -> Chapter:
    """Returns the chapter with its book as they are now, not locked. Raises NotFound."""
    chapter = Chapter.objects.filter(pk=chapter_id).select_related("book").first()
    if chapter is None:
        raise NotFound("There is no such chapter.")
    return chapter


def lock_chapter(chapter_id: int) -> Chapter:
    """Returns the chapter, locked together with its book. Raises NotFound."""
    book_id = Chapter.objects.filter(pk=chapter_id).values_list("book_id", flat=True).first()
    if book_id is None:
        raise NotFound("There is no such chapter.")
    book = lock_book(book_id)
    chapter = lock_chapter_alone(chapter_id)
    chapter.book = book
    return chapter


def lock_chapter_alone(chapter_id: int) -> Chapter:
    """Returns the chapter, locked, with its book, which is not. Raises NotFound."""
    chapter = (
        Chapter.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk=chapter_id)
        .select_related("book")
        .first()
    )
    if chapter is None:
        raise NotFound("There is no such chapter.")
    return chapter


def lock_comment(comment_id: int) -> Comment:
    """Returns the comment, locked, with its author, chapter (without text) and book, which are not. Raises NotFound."""
    comment = (
        Comment.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk=comment_id)
        .select_related("author", "chapter__book")
        .defer("chapter__text", "chapter__note")
        .first()
    )
    if comment is None:
        raise NotFound("There is no such comment.")
    return comment
