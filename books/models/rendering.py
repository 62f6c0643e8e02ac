"""A chapter as HTML, kept beside it."""

from django.db import models

from books.models.chapter import Chapter


class Rendering(models.Model):
    """What becomes of a chapter's text and note, made once when they are saved, so that no view has to.

    `digest` says of which text, by which renderer: one that does not fit is made anew. `paragraphs` is a list of
    safe HTML, as `books.text.render` returns it. In a table of its own: lists of chapters do not read it.
    """

    chapter = models.OneToOneField(Chapter, primary_key=True, on_delete=models.CASCADE, related_name="rendering")
    digest = models.CharField(max_length=64)
    paragraphs = models.JSONField()
    note = models.TextField()

    def __str__(self) -> str:
        return f"Rendering of chapter {self.pk}"
