"""Gives every paragraph an id, and names by it what was named by an index."""

import re
import secrets
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")


def name(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    chapters, comments, places = _rows(apps, schema)
    for chapter in chapters.only("text").iterator(chunk_size=50):
        ids = [secrets.token_hex(6) for _ in range(_count(chapter.text))]
        chapters.filter(pk=chapter.pk).update(paragraph_ids=ids)
        for rows in (comments.filter(chapter=chapter.pk), places.filter(chapter=chapter.pk)):
            for index in set(rows.values_list("paragraph_index", flat=True)):
                if index is not None and index < len(ids):
                    rows.filter(paragraph_index=index).update(paragraph=ids[index])


def number(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    chapters, comments, places = _rows(apps, schema)
    for chapter in chapters.only("paragraph_ids").iterator(chunk_size=50):
        for rows in (comments.filter(chapter=chapter.pk), places.filter(chapter=chapter.pk)):
            for known in set(rows.values_list("paragraph", flat=True)).intersection(chapter.paragraph_ids):
                rows.filter(paragraph=known).update(paragraph_index=chapter.paragraph_ids.index(known))


def _rows(apps: Apps, schema: BaseDatabaseSchemaEditor) -> list[Any]:
    models = [apps.get_model("books", model) for model in ("Chapter", "Comment", "ReadingProgress")]
    return [model.objects.using(schema.connection.alias) for model in models]


def _count(source: str) -> int:
    text = source.replace("\r\n", "\n").replace("\r", "\n").strip()
    return len(_BLANK_LINES.split(text)) if text else 0


class Migration(migrations.Migration):
    dependencies = [("books", "0004_paragraphs_have_ids")]

    operations = [migrations.RunPython(name, number)]
