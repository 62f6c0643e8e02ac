"""What one process has of a document: all changes up to a place in its log, merged by the library.

The library never lets go of the interpreter, takes no two threads at once, and hostile bytes end it: whatever comes
from a client is read by `updates` and checked against the `Outline` first. A copy that may be wrong is thrown away.
"""

import pycrdt

from realtime.documents import storing
from realtime.documents.clashes import Clash, Clashes
from realtime.documents.kinds import Clashed, Document
from realtime.documents.outline import Outline
from realtime.documents.updates import Update, encode_state_vector, read_state_vector, read_update
from realtime.errors import DocumentChanged
from realtime.log.reading import heads

MAX_STATE_BYTES = 4 * 1024 * 1024
"""Eight times a long novel; who joins gets it in one message."""
STATE_PIECES = 1_000_000
"""In 4 MiB there are no more; what is stored was counted when it came."""


class Copy:
    """One document's content at `seq`. Touched by one thread at a time.

    `size`: bytes of the full state that it began with and of all changes since, as a bound of what it takes.
    `changed_at` is the seq of the last change that came through the log. `clashes` are those found by the last call.
    """

    def __init__(self, document: Document) -> None:
        stored = storing.begun(document)
        self._document = document
        self.epoch = stored.epoch
        self.seq = self.saved_seq = self.changed_at = stored.seq
        self.log_epoch = ""
        self.size = len(stored.state)
        self.outline = Outline()
        self.clashes: list[Clash] = []
        self._memory = Clashes(self.outline)
        self.writers = storing.writers(document.room.name)
        self.doc = pycrdt.Doc()  # type: ignore[var-annotated]  # of roots that are named when they are asked for
        self._changed = False
        self._full: bytes | None = None
        self._watch = self.doc.observe(self._note)
        if stored.state:
            self.outlined(read_update(stored.state, document.shape, max_pieces=STATE_PIECES))
            self.doc.apply_update(stored.state)

    def _note(self, event: object) -> None:
        self._changed = True

    def catch_up(self, *, locked: bool = False) -> bool:
        """Applies what others have committed since; False for a copy that cannot go on.

        The log no longer reaches back to here, or the document was erased. `locked`: until the transaction ends nobody
        commits anything else, so that what is applied next is compared with all that comes before it.
        """
        room = self._document.room.name
        head = heads([room], locked=locked)[room]
        found: list[Clash] = []
        if self.log_epoch not in ("", head.epoch) or head.min_seq - 1 > self.seq:
            return False
        self.log_epoch = head.epoch
        if head.seq > self.seq:
            for change in storing.changes(room, self.seq):
                if change.forgets and storing.epoch_of(room) != self.epoch:
                    return False
                if change.data is not None:
                    update = read_update(change.data, self._document.shape, max_pieces=STATE_PIECES)
                    fresh = self.outline.fresh(update)
                    if not fresh <= self.writers.keys():
                        self.writers = storing.writers(room)
                    self.apply(change.data, update)
                    found += self.clashes
                    self.changed_at = change.seq
                self.seq = change.seq
        self.clashes = found
        return True

    def apply(self, data: bytes, update: Update) -> bool:
        """Merges an update that was checked; tells whether anything is different now."""
        self._changed = False
        self._full = None
        self.doc.apply_update(data)
        self.outlined(update)
        if self._changed:
            self.size += len(data)
        return self._changed

    def outlined(self, update: Update) -> None:
        """Takes note of an update that the document has, or gets."""
        self.outline.add(update)
        self.clashes = self._memory.take(update)

    def told(self) -> list[Clashed]:
        """Returns the clashes with whose words they are about."""
        return [Clashed(clash, self.writers.get(clash.stretch.client)) for clash in self.clashes]

    def check_epoch(self, epoch: str) -> None:
        """Raises DocumentChanged for whoever has a copy of another epoch."""
        if epoch != self.epoch:
            raise DocumentChanged

    def missing(self, vector: bytes | None) -> bytes:
        """Returns the update with what whoever has that state vector lacks; everything without one."""
        if vector is None:
            if self._full is None:
                self._full = self.doc.get_update()
            return self._full
        read_state_vector(vector)
        return self.doc.get_update(vector)

    @property
    def vector(self) -> bytes:
        """The state vector."""
        return encode_state_vector(self.outline.vector())
