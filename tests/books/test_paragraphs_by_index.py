"""Comments and places that named a paragraph by its index, before paragraphs had ids: the migration keeps them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from books.models import Chapter, Comment, ReadingProgress
from tests.books.library import book, chapter, comment, reader_of

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE, AFTER = ("books", "0003_slugs_of_the_site"), ("books", "0007_headings_are_paragraphs")


def migrate(target: tuple[str, str]) -> Any:
    return MigrationExecutor(connection).migrate([target]).apps


@pytest.fixture
def older() -> Iterator[Any]:
    """Moves the tables back when called, with what is in them, and forward again at the end, to the newest."""
    try:
        yield lambda: migrate(BEFORE)
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes("books"))


def test_what_pointed_at_an_index_points_at_the_same_paragraph(older: Any) -> None:
    out = chapter(book(), text="One.\r\n\r\nTwo,\nstill two.\n \n\n\nThree.")
    empty = chapter(book(), text="Alone.")
    said, under, lost = comment(out), comment(out), comment(empty)
    place = ReadingProgress.objects.get(user=reader_of(out))
    apps = older()
    for row, index in ((said, 2), (lost, 7)):
        apps.get_model("books", "Comment").objects.filter(pk=row.pk).update(paragraph=index)
    apps.get_model("books", "ReadingProgress").objects.filter(pk=place.pk).update(paragraph=1)
    migrate(AFTER)
    ids = Chapter.objects.get(pk=out.pk).paragraph_ids
    assert len(set(ids)) == 3
    assert Comment.objects.get(pk=said.pk).paragraph == ids[2]
    assert Comment.objects.get(pk=under.pk).paragraph is None
    assert Comment.objects.get(pk=lost.pk).paragraph is None
    assert ReadingProgress.objects.get(pk=place.pk).paragraph == ids[1]


def test_the_way_back_finds_the_index_again(older: Any) -> None:
    out = chapter(book(), text="One.\n\nTwo.")
    said = comment(out, paragraph=out.paragraph_ids[1])
    apps = older()
    assert apps.get_model("books", "Comment").objects.get(pk=said.pk).paragraph == 1
