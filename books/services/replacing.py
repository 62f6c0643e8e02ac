"""A draft made to say another text: of a version, or of a file. What it said before is kept."""

from collections.abc import Callable, Sequence
from contextlib import suppress

import realtime
from books.models import Chapter, VersionKind
from books.policies.drafting import require_writing
from books.services import drafts, keeping, rendering
from books.services.locking import known_chapter, lock_chapter
from books.services.writing_out import write_out_latest
from livrya.accounts.models import User
from realtime.errors import ValidationFailed

# Each looks at what others have typed meanwhile; then it is replaced beside whoever goes on typing.
_TRIES = 3


def replace_draft(
    *,
    actor: User | None,
    chapter_id: int,
    text: str,
    ids: Sequence[str] | None,
    kind: VersionKind,
    act: str,
    may_begin: Callable[[], bool] = lambda: True,
    finish: Callable[[bool], None],
) -> Chapter:
    """Makes the draft say the text, as a change like any other; what it says now is kept before, as a version.

    Only what differs changes: paragraphs keep their ids (`ids` are those of the text, None: of what the draft says),
    and whoever types meanwhile goes on in what stays. Readers see a chapter that is out as it was until the changes are
    published. `may_begin` is asked once the chapter is locked, and false leaves everything as it is; `finish` is called
    in that transaction once the draft says the text, and told whether it had said anything else.
    """
    require_writing(actor, known_chapter(actor, chapter_id))
    for tries_left in reversed(range(_TRIES)):
        with rendering.turn():
            replacing = drafts.replacing(chapter_id, text, ids)
        with realtime.atomic():
            chapter = lock_chapter(actor, chapter_id)
            if not may_begin():
                break
            require_writing(actor, chapter)
            if replacing.is_latest() or not tries_left:
                require_writing(actor, chapter, act=act)  # written down once
                replacing.emit(actor=actor)
                before, changes = replacing.result
                if changes:
                    keeping.keep(chapter, *before, kind, actor=actor)
                finish(changes)
                break
    with suppress(ValidationFailed):  # too long for a text, as the draft was when a version was kept
        write_out_latest(chapter_id)
    return known_chapter(actor, chapter_id)
