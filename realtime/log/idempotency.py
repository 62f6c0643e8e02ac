"""Durable commands take effect once, however often a client repeats them."""

import hashlib
import time
from collections.abc import Callable
from typing import Any

import msgspec
from django.conf import settings
from django.db import connection

from realtime.errors import NotFound, RequestIdReused, Unavailable, ValidationFailed
from realtime.log.flushing import EMPTIED, LOCK_TIMEOUT_MS, AnswerToKeep, Cause
from realtime.log.writing import Unit, atomic
from realtime.positions import Position

_MAX_KEY_LENGTH = 100


class KeptAnswer(msgspec.Struct, frozen=True):
    """What a durable command answered.

    `data` is the ack's data as JSON. `positions`: per room the last event that the command caused; complete
    once the outermost `atomic()` has committed. `repeated`: this is the stored answer of an earlier call.
    """

    data: bytes
    positions: dict[str, Position]
    repeated: bool


class _Stored(msgspec.Struct):
    data: msgspec.Raw
    positions: dict[str, Position]


def fingerprint(command: str, payload: bytes) -> str:
    """Returns what differs between two commands that carry the same requestId; 32 hexadecimal digits.

    Keyed, since it is kept: nobody who sees it can try which password or word was in the payload.
    """
    key = hashlib.sha256(settings.SECRET_KEY.encode()).digest()
    return hashlib.blake2b(command.encode() + b"\0" + payload, digest_size=16, key=key).hexdigest()


def run_once(actor: str, request_id: str | None, payload_hash: str, run: Callable[[], Any]) -> KeptAnswer:
    """Runs `run` unless this actor's request has been answered before; then returns that answer.

    `actor` is `user:<id>`, or the session of somebody anonymous. The answer is stored in the transaction of
    the effect, so both exist or neither, in whatever process the repetition arrives; a repetition
    that comes while the first is still running waits for it. A refusal (any exception) is not kept.
    Without a `request_id` nothing is kept, and a repetition is a new request.
    `run` returns what msgspec can encode. Inside `atomic()` it is a part of that block, and fails it when it fails.

    Raises RequestIdReused when the id came with another payload, NotFound when `realtime.blank` has emptied the
    answer since, ValidationFailed for an empty or overlong id, and what `run` and `atomic` raise.
    """
    if request_id is not None and not 0 < len(request_id) <= _MAX_KEY_LENGTH:
        raise ValidationFailed("A requestId has 1 to 100 characters.", details={"field": "requestId"})
    with atomic(savepoint=False) as unit:
        row_id = None
        if request_id is not None:
            row_id = _claim(actor, request_id, payload_hash)
            if row_id is None:
                return _repeat(unit, actor, request_id, payload_hash)
        cause = Cause()
        answer = AnswerToKeep(row_id, cause, msgspec.json.encode(unit.run_as(cause, run)))
        unit.register(answer)
    return KeptAnswer(answer.data, answer.positions, repeated=False)


def _claim(actor: str, request_id: str, payload_hash: str) -> int | None:
    """Returns the new row's id, None when there is one already; waits for a transaction that is just making it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
        cursor.execute(
            "INSERT INTO realtime_commandresult (actor, request_id, payload_hash, created_at_ms) "
            "VALUES (%s, %s, %s, %s) ON CONFLICT (actor, request_id) DO NOTHING RETURNING id",
            [actor, request_id, payload_hash, time.time_ns() // 1_000_000],
        )
        rows = cursor.fetchall()
    return rows[0][0] if rows else None


def _repeat(unit: Unit, actor: str, request_id: str, payload_hash: str) -> KeptAnswer:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, payload_hash, result FROM realtime_commandresult WHERE actor = %s AND request_id = %s",
            [actor, request_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise Unavailable(retry_after_ms=1000)  # pruned this very moment
    row_id, first_hash, result = row
    if first_hash != payload_hash:
        raise RequestIdReused
    if result == EMPTIED:
        raise NotFound("What this request has made is gone.")
    if result is None:  # the first one is in this same transaction, whose events have no numbers yet
        answer = next(hook for hook in unit.hooks() if isinstance(hook, AnswerToKeep) and hook.row_id == row_id)
        return KeptAnswer(answer.data, answer.positions, repeated=True)
    stored = msgspec.json.decode(result, type=_Stored)
    return KeptAnswer(bytes(stored.data), stored.positions, repeated=True)
