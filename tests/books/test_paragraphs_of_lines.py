"""Blocks in which a line began a heading, quote or item were one paragraph each: the migration keeps their ids."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from books.models import Chapter
from books.paragraphs import new_ids
from books.text import paragraphs
from tests.books.library import book, chapter

migration = import_module("books.migrations.0007_headings_are_paragraphs")


@pytest.mark.django_db
def test_the_first_of_what_was_one_paragraph_keeps_its_id() -> None:
    text = "One.\n\n# Two\nthree\n> four\n\nFive\nstill five.\n\n+ six\n+ seven"
    out, same = chapter(book(), text=text), chapter(book(), text="# One\n\ntwo")
    before = new_ids(4)
    Chapter.objects.filter(pk=out.pk).update(paragraph_ids=before)
    migration.forwards(apps, SimpleNamespace(connection=connection))
    ids = Chapter.objects.get(pk=out.pk).paragraph_ids
    assert [ids[at] for at in (0, 1, 4, 5)] == before
    assert len(set(ids)) == len(paragraphs(text)) == 7
    assert Chapter.objects.get(pk=same.pk).paragraph_ids == same.paragraph_ids
    migration.forwards(apps, SimpleNamespace(connection=connection))
    assert Chapter.objects.get(pk=out.pk).paragraph_ids == ids


@given(
    st.lists(st.sampled_from(["a", "# b", ">", "> c", "+ d", "#. e", "\\", "\n", " ", "\t", "##", "- f", "\n\n"])).map(
        "".join
    )
)
def test_it_counts_paragraphs_as_the_text_does(text: str) -> None:
    blocks = migration.BLANK_LINES.split(text.strip()) if text.strip() else []
    assert sum(migration.pieces(block.strip("\n")) for block in blocks) == len(paragraphs(text))
    assert migration.MAY_BEGIN.search(text.strip()) or len(blocks) == len(paragraphs(text))
