"""Chapters as HTML: made once, kept, made anew where what is kept does not fit."""

import hashlib
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction

from books import text as prose
from books.models import Chapter, Rendering
from livrya.kit.turns import Turns

# One core for the dearest texts (a second each), however many people save or open them; others wait, a short text
# for milliseconds.
_TURNS = Turns(at_once=1, waiting=32, seconds=10.0, refusal="Too many texts are being worked on.")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A chapter's `paragraphs` and `note` as safe HTML; `digest` says of which text, by which renderer."""

    digest: str
    paragraphs: list[str]
    note: str


def render(text: str, note: str) -> Rendered:
    """Returns the HTML of a text and its note. To be called before a transaction begins; raises Unavailable."""
    with turn():
        return _render(text, note)


def keep(chapter: Chapter, rendered: Rendered) -> None:
    """Keeps what was rendered beside its chapter, within the caller's transaction."""
    Rendering.objects.bulk_create(
        [Rendering(chapter_id=chapter.pk, digest=rendered.digest, paragraphs=rendered.paragraphs, note=rendered.note)],
        update_conflicts=True,
        unique_fields=["chapter"],
        update_fields=["digest", "paragraphs", "note"],
    )


def rendered(chapter: Chapter) -> Rendered:
    """Returns the chapter's text and note as HTML: as kept, or made and kept now.

    To be called outside of a snapshot, in which nothing can be kept; who shows many prefetches `rendering`. Raises
    Unavailable.
    """
    if kept := _fitting(chapter, getattr(chapter, "rendering", None)):
        return kept
    with turn():
        # By whoever had the turn before.
        if kept := _fitting(chapter, Rendering.objects.filter(pk=chapter.pk).first()):
            return kept
        made = _render(chapter.text, chapter.note)
        try:
            with transaction.atomic():
                # Not where it was saved anew since it was read: that is kept already.
                if Chapter.objects.filter(pk=chapter.pk, version=chapter.version).exists():
                    keep(chapter, made)
        except DatabaseError:
            pass  # it is gone just now, or the database has no time: shown all the same
    return made


def _fitting(chapter: Chapter, kept: Rendering | None) -> Rendered | None:
    if kept is None or kept.digest != _digest(chapter.text, chapter.note):
        return None
    return Rendered(kept.digest, kept.paragraphs, kept.note)


def turn() -> AbstractContextManager[None]:
    """Waits for the turn of one who works on a text for long. Raises Unavailable."""
    # Whoever is in a transaction already must not wait: others wait for what it holds.
    return nullcontext() if connection.in_atomic_block else _TURNS.taken()


def _render(text: str, note: str) -> Rendered:
    return Rendered(_digest(text, note), prose.render(text), prose.render_whole(note))


def _digest(text: str, note: str) -> str:
    return hashlib.sha256(f"{prose.RENDERER}\0{len(text)}\0{text}{note}".encode()).hexdigest()
