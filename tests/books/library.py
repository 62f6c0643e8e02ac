"""Books, chapters and readers for tests, made through the services as people make them."""

from itertools import count

from django_tasks_db.models import DBTaskResult

from books.models import Book, Chapter, Comment
from books.services.books import create_book
from books.services.chapters import create_chapter
from books.services.comments import post_comment
from books.services.credits import accept_credit, invite_person
from books.services.reading import open_chapter
from books.services.releases import publish_chapter
from livrya.accounts.models import User
from tests.livrya.accounts.people import person

_numbers = count(1)

TEXT = "Call me Ishmael.\n\nSome years ago, never mind how long precisely."


def somebody(**fields: object) -> User:
    """Returns a new person."""
    return person(f"person-{next(_numbers)}", **fields)


def book(author: User | None = None, **description: object) -> Book:
    """Returns a new public book, by a new author unless one is given."""
    return create_book(actor=author or somebody(), **({"title": "The Whale"} | description))


def author_of(book: Book) -> User:
    return User.objects.get(credits__book=book, credits__kind="author")


def draft(book: Book, **content: object) -> Chapter:
    """Returns a new draft at the end of the book."""
    return create_chapter(actor=None, book_id=book.pk, **({"title": "Loomings", "text": TEXT} | content))


def chapter(book: Book, **content: object) -> Chapter:
    """Returns a new published chapter, released silently."""
    return publish_chapter(actor=None, chapter_id=draft(book, **content).pk, silent=True)


def comment(chapter: Chapter, author: User | None = None, **content: object) -> Comment:
    return post_comment(actor=author or somebody(), chapter_id=chapter.pk, **({"text": "Ahoy!"} | content))


def reader_of(chapter: Chapter) -> User:
    """Returns a person who has opened the chapter."""
    reader = somebody()
    open_chapter(actor=reader, chapter_id=chapter.pk)
    return reader


def worker_on(book: Book, kind: str = "editor", rights: int | None = None) -> User:
    """Returns a person with an accepted part in the book."""
    worker = somebody()
    credit = invite_person(actor=None, book_id=book.pk, user_id=worker.pk, kind=kind, rights=rights)
    accept_credit(actor=worker, credit_id=credit.pk)
    return worker


def run_jobs() -> None:
    """Carries out the jobs that are waiting, as a runner would."""
    for job in DBTaskResult.objects.ready():
        job.task.func(*job.args_kwargs["args"], **job.args_kwargs["kwargs"])
        job.delete()
