"""A document in the database: its last full state, whose client ids are whose, and the changes in its room's log.

Sync, in threads; what writes is called inside `realtime.atomic()`.
"""

import time
from collections.abc import Iterator
from typing import NamedTuple

import realtime
from realtime.documents.kinds import Document
from realtime.documents.updates import read_update
from realtime.log.events import BLANKED, HIDDEN
from realtime.log.flushing import new_epoch
from realtime.log.reading import heads, log_cursor
from realtime.models import DocumentState, DocumentWriter, Event

_CHANGES_AT_ONCE = 500


class Stored(NamedTuple):
    """A full state, and the place in the room's log that it holds everything up to."""

    epoch: str
    schema: int
    seq: int
    state: bytes


class Change(NamedTuple):
    """One event of the room's log; `data` is None for one that is no change of the document.

    `forgets`: something was emptied in the log, perhaps the document itself.
    """

    seq: int
    actor_id: int | None
    data: bytes | None
    forgets: bool = False


def begun(document: Document) -> Stored:
    """Returns the document's last full state; the first who asks makes it. Of two who do at once one is heard."""
    return _stored(document.room.name) or _begin(document)


@realtime.atomic()
def _begin(document: Document) -> Stored:
    room = document.room.name
    state = document.initial()
    DocumentState.objects.bulk_create(
        [
            DocumentState(
                room=room,
                epoch=new_epoch(),
                schema=document.schema,
                seq=heads([room])[room].seq,
                state=state,
                saved_at_ms=time.time_ns() // 1_000_000,
            )
        ],
        ignore_conflicts=True,
    )
    for client_id in read_update(state, document.shape).structs if state else ():
        claim(room, client_id, None)
    found = _stored(room)
    assert found is not None
    return found


def _stored(room: str) -> Stored | None:
    row = DocumentState.objects.filter(room=room).values_list("epoch", "schema", "seq", "state").first()
    return Stored(row[0], row[1], row[2], bytes(row[3])) if row else None


def epoch_of(room: str) -> str | None:
    """Returns the epoch of a document, None where none has begun."""
    return DocumentState.objects.filter(room=room).values_list("epoch", flat=True).first()


def changes(room: str, after: int) -> Iterator[Change]:
    """Yields what the room's log has behind `after`, in its order; in pages, so that no more than some are held."""
    while True:
        with log_cursor() as cursor:
            cursor.execute(
                "SELECT seq, actor_id, data, type FROM realtime_event "
                "WHERE room = %s AND seq > %s ORDER BY seq LIMIT %s",
                [room, after, _CHANGES_AT_ONCE],
            )
            rows = cursor.fetchall()
        for seq, actor_id, data, event_type in rows:
            yield Change(seq, actor_id, None if data is None else bytes(data), event_type == BLANKED)
        if len(rows) < _CHANGES_AT_ONCE:
            return
        after = rows[-1][0]


def keep_state(room: str, epoch: str, seq: int, state: bytes) -> None:
    """Keeps a full state, unless a later one is kept, or the document was begun anew."""
    DocumentState.objects.filter(room=room, epoch=epoch, seq__lt=seq).update(
        seq=seq, state=state, saved_at_ms=time.time_ns() // 1_000_000
    )


def erase(room: str) -> None:
    """Removes a document with all that was ever written in it; its events keep their seq."""
    DocumentState.objects.filter(room=room).delete()
    DocumentWriter.objects.filter(room=room).delete()
    Event.objects.filter(room=room, data__isnull=False).update(type=HIDDEN, payload="{}", data=None)


def writers(room: str) -> dict[int, int | None]:
    """Returns whose client ids are whose, by client id; None stands for the server's own."""
    return dict(DocumentWriter.objects.filter(room=room).values_list("client_id", "user_id"))


def claim(room: str, client_id: int, user_id: int | None) -> int | None:
    """Returns whose the client id is: that person's from now on, unless it was somebody's before."""
    DocumentWriter.objects.bulk_create(
        [DocumentWriter(room=room, client_id=client_id, user_id=user_id)], ignore_conflicts=True
    )
    owner: int | None = DocumentWriter.objects.values_list("user_id", flat=True).get(room=room, client_id=client_id)
    return owner
