"""A small library: an author with one book of three chapters, and a reader."""

from dataclasses import dataclass

import pytest
from django.test import Client

from books.models import Book, Chapter
from books.services.books import create_book
from books.services.chapters import create_chapter
from books.services.releases import publish_chapter
from livrya.accounts.models import User
from livrya.accounts.services.people import sign_up

PASSWORD = "the-whale-is-white"


@dataclass
class Library:
    author: User
    reader: User
    book: Book
    chapters: list[Chapter]
    """Two published ones and a draft."""


@pytest.fixture
def library(db: None) -> Library:
    return make_library()


def make_library() -> Library:
    author = sign_up(username="ines", password=PASSWORD, display_name="Ines Marrow")
    reader = sign_up(username="tom", password=PASSWORD)
    book = create_book(actor=author, title="The Lamp Room", blurb="A lighthouse, a ledger, a lie.")
    chapters = [
        create_chapter(actor=author, book_id=book.pk, title=title, text=f"The _{title}_ begins.\n\nIt ends.")
        for title in ("Oil", "Wick", "Flame")
    ]
    for chapter in chapters[:2]:
        publish_chapter(actor=author, chapter_id=chapter.pk)
    return Library(author, reader, book, chapters)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
