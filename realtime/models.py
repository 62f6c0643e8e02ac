"""The log and the engine's few other tables."""

from django.db import models
from django.db.models import Q


class RoomHead(models.Model):
    """Where a room's log ends; the row lock on it is what orders the room's writers.

    `seq` is the last number given out, `min_seq` the lowest that is still kept (seq + 1 when none is).
    `epoch` is random at creation and changes when history is lost. Rows are never deleted.
    Only `realtime.log.flushing` advances a head: no other statement touches several of them.
    """

    room = models.CharField(max_length=100, primary_key=True)
    epoch = models.CharField(max_length=16)
    seq = models.BigIntegerField()
    min_seq = models.BigIntegerField(default=1)


class Event(models.Model):
    """One durable event, stored as it goes out.

    `ref` names the thing it is about (`comment:123`), so that it can be blanked with it. `payload` is
    JSON text: jsonb would reorder the keys. `data` are the bytes of its last field, which is empty in the text.
    `skip` is the connection that is left out. On PostgreSQL the table has one more column, `xid`, the transaction that
    wrote the row (see `realtime.log.changes`).
    """

    room = models.CharField(max_length=100)
    seq = models.BigIntegerField()
    type = models.CharField(max_length=64)
    ref = models.CharField(max_length=64, blank=True)
    payload = models.TextField()
    actor_id = models.BigIntegerField(null=True)
    skip = models.CharField(max_length=64, blank=True)
    internal = models.BooleanField(default=False)
    created_at_ms = models.BigIntegerField()
    data = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "seq"], name="realtime_event_room_seq")]
        indexes = [
            models.Index(fields=["ref"], name="realtime_event_ref", condition=~Q(ref="")),
            models.Index(fields=["actor_id"], name="realtime_event_actor", condition=Q(actor_id__isnull=False)),
        ]


class CommandResult(models.Model):
    """The answer to a durable command, so that its repetition gets the same one. Kept 24 hours.

    `actor` is `user:<id>`, or the session of somebody anonymous. `result` is null until the command's own
    transaction has numbered its events, and empty once `realtime.blank` has taken it back. `ref` names what it
    is about, as in an event.
    """

    actor = models.CharField(max_length=100)
    request_id = models.CharField(max_length=100)
    payload_hash = models.CharField(max_length=64)
    result = models.TextField(null=True)  # noqa: DJ001  # no result yet is not an empty one
    ref = models.CharField(max_length=64, blank=True, db_default="")
    created_at_ms = models.BigIntegerField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "request_id"], name="realtime_command_once")]
        indexes = [models.Index(fields=["ref"], name="realtime_command_ref", condition=~Q(ref=""))]


class Ticket(models.Model):
    """Lets one connection in, once: the only credential ever accepted in a URL. Only its hash is stored."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    identity = models.TextField()
    expires_at_ms = models.BigIntegerField(db_index=True)


class Installation(models.Model):
    """One row: the random id of this database, so that two installations on one Redis do not meet."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    database_id = models.CharField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="realtime_one_installation")]


class Lease(models.Model):
    """The right of one process to do a thing that only one may do, until it expires by the database's clock."""

    name = models.CharField(max_length=64, primary_key=True)
    holder = models.CharField(max_length=64)
    expires_at = models.DateTimeField()


class DocumentState(models.Model):
    """A shared document: its last full state, which holds everything up to `seq` of its room's log.

    `epoch` is random, and another one when the document was begun anew: copies of before cannot go on then.
    """

    room = models.CharField(max_length=100, primary_key=True)
    epoch = models.CharField(max_length=16)
    schema = models.PositiveIntegerField()
    seq = models.BigIntegerField()
    state = models.BinaryField()
    saved_at_ms = models.BigIntegerField()


class DocumentWriter(models.Model):
    """Whose a Yjs client id of a document is: that of the first who wrote with it; null for the server's own."""

    room = models.CharField(max_length=100)
    client_id = models.BigIntegerField()
    user_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "client_id"], name="realtime_document_writer")]
