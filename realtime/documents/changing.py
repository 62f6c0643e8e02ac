"""Changes that the server itself makes to a document: a form, an import, the admin, a command."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import pycrdt

import realtime
from realtime.documents import storing
from realtime.documents.copies import STATE_PIECES, Copy
from realtime.documents.kinds import document_of
from realtime.documents.updates import read_update
from realtime.errors import Internal, NotFound
from realtime.log.events import BLANKED
from realtime.log.flushing import Emission
from realtime.models import DocumentState
from realtime.rooms import Room

T = TypeVar("T")


def has_begun(room: Room) -> bool:
    """Tells whether the room's document was ever opened: before that there is nothing in it. Sync."""
    return DocumentState.objects.filter(room=room.name).exists()


def erase(room: Room) -> None:
    """Forgets a document for ever, because what it was about is deleted. Sync, inside `realtime.atomic()`.

    Its changes become hidden events, as with `realtime.blank`; hubs and copies forget what they hold of it. Whoever may
    still open it begins anew.
    """
    storing.erase(room.name)
    with realtime.atomic() as unit:
        unit.register(Emission(room.name, BLANKED, b"{}", time.time_ns() // 1_000_000, internal=True))


def change(room: Room, edit: Callable[[pycrdt.Doc[Any]], T], *, actor: Any = None) -> T:
    """Lets `edit` change the document, and emits what is different then; returns what `edit` returns.

    Sync, inside `realtime.atomic()`, in whatever process. `edit` gets a copy of its own, as the log has it now; what
    others type meanwhile is merged with it, so it should change as little as it can. Raises NotFound for a room that is
    no document, TooLarge for what would no longer be loaded.
    """
    document = document_of(room)
    if document is None:
        raise NotFound("That room is no document.")
    copy = Copy(document)
    updates: list[bytes] = []
    try:
        copy.catch_up()
        watch = copy.doc.observe(lambda event: updates.append(event.update))
        result = edit(copy.doc)
        copy.doc.unobserve(watch)
    except Exception:
        raise
    except BaseException as error:  # the library's panic, which nothing would catch that handles requests
        raise Internal from error
    for update in updates:
        read = read_update(update, document.shape, max_pieces=STATE_PIECES)
        copy.outline.check(read)  # what is stored must be loaded again, within the same bounds
        if copy.outline.fresh(read):
            storing.claim(room.name, copy.doc.client_id, None)
        copy.outline.add(read)
        realtime.emit(room, document.updated(update=update), actor=actor)
    return result
