"""Books whose slug is a word of the site's own addresses get another: their desk could not be reached."""

from typing import Any

from django.db import migrations

WORDS = ("new", "credits", "invitations")


def rename(apps: Any, schema_editor: Any) -> None:
    books = apps.get_model("books", "Book").objects.using(schema_editor.connection.alias)
    for book in books.filter(slug__in=WORDS):
        taken = set(books.filter(slug__startswith=f"{book.slug}-").values_list("slug", flat=True))
        free = next(slug for number in range(2, len(taken) + 3) if (slug := f"{book.slug}-{number}") not in taken)
        books.filter(pk=book.pk).update(slug=free)


class Migration(migrations.Migration):
    dependencies = [("books", "0002_chapters_rendered")]

    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
