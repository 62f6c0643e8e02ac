"""Turns comments, reviews, chapters, clashes and versions into what travels of them, on sockets and over HTTP alike."""

from typing import Any

from books.models import Book, Chapter, Clash, Comment, Review, Version
from livrya.accounts.models import User
from livrya.kit.api.fields import unix_ms


def comment_fields(comment: Comment) -> dict[str, Any]:
    """Returns the fields of CommentContent for a visible comment whose author is loaded."""
    return {
        "id": comment.pk,
        "chapter_id": comment.chapter_id,
        "text": comment.text,
        "author": comment.author.username,
        "author_id": comment.author_id,
        "author_name": str(comment.author),
        "created_at": unix_ms(comment.created_at),
        "parent_id": comment.parent_id,
        "paragraph": comment.paragraph,
        "depth": comment.depth,
        "path": comment.path,
    }


def review_fields(review: Review, book: Book) -> dict[str, Any]:
    """Returns the fields of ReviewContent for a visible review whose author is loaded."""
    return {
        "id": review.pk,
        "book_id": review.book_id,
        "rating": review.rating,
        "text": review.text,
        "author": review.author.username,
        "author_id": review.author_id,
        "author_name": str(review.author),
        "created_at": unix_ms(review.created_at),
        "average_rating": book.average_rating,
        "review_count": book.review_count,
    }


def release_fields(chapter: Chapter) -> dict[str, Any]:
    """Returns the fields of ChapterAvailable for a published chapter whose book is loaded."""
    assert chapter.published_at is not None
    return {
        "book_id": chapter.book_id,
        "chapter_id": chapter.pk,
        "title": chapter.title,
        "number": chapter.number,
        "audio_url": None,
        "narrator_name": None,
        "book_title": chapter.book.title,
        "book_slug": chapter.book.slug,
        "volume": chapter.volume,
        "word_count": chapter.word_count,
        "published_at": unix_ms(chapter.published_at),
        "silent": chapter.silent,
    }


def clash_fields(clash: Clash) -> dict[str, Any]:
    """Returns the fields of ClashContent."""
    author = clash.author
    return {
        "clash_id": clash.pk,
        "kind": clash.kind,
        "words": clash.words,
        "before": clash.before,
        "after": clash.after,
        "created_at": unix_ms(clash.created_at),
        "user_id": author.pk if author else None,
        "username": author.username if author else None,
        "display_name": str(author) if author else None,
    }


def version_fields(version: Version, actor: User | None) -> dict[str, Any]:
    """Returns the fields of OfVersion."""
    return {
        "chapter_id": version.chapter_id,
        "version_id": version.pk,
        "kind": version.kind,
        "name": version.name,
        "created_at": unix_ms(version.created_at),
        "user_id": actor.pk if actor else None,
        "username": actor.username if actor else None,
        "display_name": str(actor) if actor else None,
    }
