"""Changes that the server itself makes to a document: a form, an import, the admin, a command."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

import pycrdt

import realtime
from realtime.documents import storing
from realtime.documents.copies import STATE_PIECES, Copy
from realtime.documents.kinds import Document, document_of
from realtime.documents.updates import read_update
from realtime.errors import DocumentChanged, Internal, NotFound
from realtime.log.flushing import forgetting
from realtime.log.reading import heads
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
        unit.register(forgetting(room.name))


class PreparedChange(Generic[T]):
    """A change of a document that is worked out and not made yet; `result` is what its `edit` returned.

    It stays good however the document goes on, for changes are merged, unless the document is erased.
    """

    def __init__(
        self, document: Document, copy: Copy, updates: Sequence[bytes], clients: Collection[int], result: T
    ) -> None:
        self.result = result
        self._document = document
        self._copy, self._seq = copy, copy.seq
        self._updates = updates
        self._clients = clients

    def is_latest(self) -> bool:
        """Tells whether nothing has come into the room's log since; for whom `result` must be what there is now. Sync.

        What is under way in another process at this moment is not seen.
        """
        room = self._document.room.name
        return heads([room])[room].seq == self._seq

    def emit(self, *, actor: Any = None) -> None:
        """Publishes what is different, if anything is. Sync, inside `realtime.atomic()`. Raises DocumentChanged."""
        room = self._document.room
        if not self._updates:
            return
        if storing.epoch_of(room.name) != self._copy.epoch:
            raise DocumentChanged
        self._tell_clashes()
        for client_id in self._clients:
            storing.claim(room.name, client_id, None)
        for update in self._updates:
            realtime.emit(room, self._document.updated(update=update), actor=actor)

    def _tell_clashes(self) -> None:
        """What was written since it was worked out may have been written into what it removes."""
        with _as_ours():
            if self._copy.catch_up(locked=True) and self._copy.clashes:
                self._document.clashed(self._copy.told())


def prepare(room: Room, edit: Callable[[pycrdt.Doc[Any]], T]) -> PreparedChange[T]:
    """Works a change of the document out; nobody waits for it where that is done before a transaction.

    Sync, in whatever process. `edit` gets a copy of its own, as the log has it now; what others type meanwhile is
    merged with it, so it should change as little as it can. Raises NotFound for a room that is no document, TooLarge
    for what would no longer be loaded.
    """
    document = document_of(room)
    if document is None:
        raise NotFound("That room is no document.")
    updates: list[bytes] = []
    with _as_ours():
        copy = Copy(document)
        copy.catch_up()
        watch = copy.doc.observe(lambda event: updates.append(event.update))
        result = edit(copy.doc)
        copy.doc.unobserve(watch)
    clients: set[int] = set()
    for update in updates:
        read = read_update(update, document.shape, max_pieces=STATE_PIECES)
        copy.outline.check(read)  # what is stored must be loaded again, within the same bounds
        clients |= copy.outline.fresh(read)
        copy.outlined(read)
    return PreparedChange(document, copy, updates, clients, result)


@contextmanager
def _as_ours() -> Iterator[None]:
    """Makes an error of the library's panic, which nothing would catch that handles requests."""
    try:
        yield
    except Exception:
        raise
    except BaseException as error:
        raise Internal from error


def change(room: Room, edit: Callable[[pycrdt.Doc[Any]], T], *, actor: Any = None) -> T:
    """Prepares a change and emits it at once; returns what `edit` returns. Sync, inside `realtime.atomic()`.

    For short documents: whoever writes there waits meanwhile, and on SQLite everybody who writes.
    """
    prepared = prepare(room, edit)
    prepared.emit(actor=actor)
    return prepared.result
