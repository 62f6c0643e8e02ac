"""Who wrote what of a draft."""

from books.drafting.authors import Paragraph, paragraphs
from books.events import DraftRoom
from books.policies.drafting import require_writing
from books.services import drafts, rendering
from books.services.locking import known_chapter
from livrya.accounts.models import User
from realtime import documents


def who_wrote(*, actor: User | None, chapter_id: int) -> list[Paragraph]:
    """Returns the draft as it is committed with the writer of each word; nothing where no draft has begun.

    Words that came past the studio (a form, the API, an import, a restored version) are nobody's.
    """
    require_writing(actor, known_chapter(actor, chapter_id))
    if not drafts.has_begun(chapter_id):
        return []
    with rendering.turn():
        return documents.read_with_authors(DraftRoom(chapter_id), paragraphs)
