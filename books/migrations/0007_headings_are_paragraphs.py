"""Keeps the ids of paragraphs where a line within one begins another now: a heading, a quote, an item."""

import re
import secrets
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
QUOTE = re.compile(r" {0,3}>")
ITEM = re.compile(r" {0,3}(?:\+|#\.)[ \t]")
MAY_BEGIN = re.compile(r"^[^\S\n]*[#>+]", re.MULTILINE)


def kind(line: str) -> str:
    for name, pattern in (("heading", HEADING), ("quote", QUOTE), ("item", ITEM)):
        if pattern.match(line):
            return name
    return "paragraph"


def pieces(block: str) -> int:
    """Returns how many paragraphs a block is now: lines of headings, quotes and items begin one (books.drafting)."""
    count, now, before, continues = 0, "paragraph", "", False
    for line in block.split("\n"):
        found = kind(line)
        begins = found == "heading" or now == "heading" or (found == "quote" != now) or (found == "item" == now)
        begins = begins or (found != "quote" == now and not before.strip("> \t"))
        if count == 0 or (begins and not continues):
            count, now = count + 1, found
        before = line
        backslashes = len(line) - len(line.rstrip("\\"))
        continues = now == "heading" and backslashes % 2 == 1
    return count


def forwards(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    chapters: Any = apps.get_model("books", "Chapter").objects.using(schema.connection.alias)
    for chapter in chapters.only("text", "paragraph_ids").iterator(chunk_size=50):
        text = chapter.text.replace("\r\n", "\n").replace("\r", "\n").strip()
        if not MAY_BEGIN.search(text):
            continue
        counts = [pieces(block.strip("\n")) for block in BLANK_LINES.split(text)]
        if len(counts) != len(chapter.paragraph_ids) or sum(counts) == len(counts):
            continue
        ids = []
        for name, count in zip(chapter.paragraph_ids, counts, strict=True):
            ids += [name, *(secrets.token_hex(6) for _ in range(count - 1))]
        chapters.filter(pk=chapter.pk).update(paragraph_ids=ids)


class Migration(migrations.Migration):
    dependencies = [("books", "0006_no_paragraphs_by_index")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
