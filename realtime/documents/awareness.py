"""Awareness updates of Yjs: who is at a document, with which caret; read and written without a library."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from realtime.documents import lib0
from realtime.documents.lib0 import Reader
from realtime.documents.values import read_json
from realtime.errors import MalformedUpdate, TooLarge

MAX_CLIENTS = 1_000
"""In one update. A stock client says again what it hears of the others, so there are as many as people are there."""

MAX_STATE_CHARACTERS = 4_096
"""Of JSON for each. A name, a colour and a caret take 400."""


class Presence(NamedTuple):
    """What one Yjs client says of itself; taken for newer when its clock is higher. `state` is None when it goes."""

    client: int
    clock: int
    state: dict[str, Any] | None


def read_awareness(data: bytes) -> list[Presence]:
    """Returns what the bytes say. Raises `MalformedUpdate`, and `TooLarge` for more than is taken."""
    reader = Reader(data)
    count = reader.count(3)
    if count > MAX_CLIENTS:
        raise TooLarge("The awareness update is of too many clients.")
    found = []
    for _ in range(count):
        client = reader.uint()
        clock = reader.uint()
        text = reader.text()
        if len(text) > MAX_STATE_CHARACTERS:
            raise TooLarge("The awareness update has a state that is too large.")
        state = read_json(text)
        if not isinstance(state, dict | None):
            raise MalformedUpdate("The awareness update has a state that is not one.")
        found.append(Presence(client, clock, state))
    reader.expect_end()
    return found


def encode_awareness(presences: Iterable[Presence]) -> bytes:
    """Returns the bytes for clients; an empty update keeps a connection of theirs alive."""
    parts = [
        lib0.uint(presence.client) + lib0.uint(presence.clock) + lib0.buffer(msgspec.json.encode(presence.state))
        for presence in presences
    ]
    return lib0.uint(len(parts)) + b"".join(parts)
