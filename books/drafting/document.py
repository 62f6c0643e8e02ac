"""The draft of a chapter as a shared document."""

from collections.abc import Mapping, Sequence
from typing import Any

import pycrdt

from books.drafting.content import BLOCK, HARD_BREAK, IMAGE, MARKS, ROOT, initial
from books.drafting.merging import identified
from books.events import DraftRoom
from books.events.drafting import DraftAwareness, DraftUpdate
from books.models import Chapter
from books.policies import drafting
from books.services.clashes import keep_clashes
from books.services.keeping import keep_if_due
from books.services.writing_out import write_out
from realtime.documents import Clashed, Document, Role, Shape
from realtime.errors import NotFound
from realtime.identity import Identity


class ChapterDocument(Document, room=DraftRoom, updated=DraftUpdate, pointed=DraftAwareness):
    """A chapter that several people write at once. It begins with the chapter's text."""

    shape = Shape(
        roots=frozenset({ROOT}), elements=frozenset({BLOCK, HARD_BREAK, IMAGE}), marks=frozenset({*MARKS, "link"})
    )
    room: DraftRoom

    def initial(self) -> bytes:
        """Returns the chapter's text, each paragraph under its id.

        Under the chapter's lock: whoever changes the text at this moment either is heard here, or sees the draft.
        """
        chapter = Chapter.objects.select_for_update(no_key=True).filter(pk=self.room.chapter_id).first()
        if chapter is None:
            raise NotFound("There is no such chapter.")
        return initial(identified(chapter.text, chapter.paragraph_ids))

    def roles(self, identities: Sequence[Identity]) -> Mapping[Identity, Role]:
        """See `books.policies.drafting`."""
        return drafting.roles(self.room.chapter_id, identities)

    def clashed(self, clashes: Sequence[Clashed]) -> None:
        """Keeps the words, to be offered back."""
        keep_clashes(self.room.chapter_id, clashes)

    def settled(self, doc: pycrdt.Doc[Any]) -> None:
        """Keeps a version every ten minutes of work, and the chapter's text current until it is out."""
        keep_if_due(self.room.chapter_id, doc)
        write_out(self.room.chapter_id, doc)
