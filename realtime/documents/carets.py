"""Who points where in a document: one state for each open copy, which nobody keeps longer than the copy is open."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

import realtime
from realtime.documents.kinds import Document, Pointed
from realtime.errors import Conflict, ValidationFailed
from realtime.hub.room import HubSession
from realtime.transport.wire import encode_json

COLORS = ("#b3382c", "#a35a00", "#6f6f00", "#3d7a34", "#00757d", "#2f6ab0", "#7653b5", "#a8417f")
"""Eight hues of about the same lightness, legible on paper and at night; the name stands beside them."""

LASTS_SECONDS = 45.0
"""Clients renew theirs every 15 s and drop others' after 30 s of silence."""
SENT_SECONDS = 0.05
"""At most twenty a second of one copy go out: between two of them the newest waits."""
_STATE_BYTES = 2048
_MOST = 500


@dataclass(slots=True)
class _Caret:
    pointed: Pointed
    session: HubSession | None
    heard_at: float
    sending: asyncio.TimerHandle | None = None
    sent: Pointed | None = None


class Carets:
    """Those of one document, as this process knows them. Belongs to the loop.

    A client id is of the session that used it first, until that has left, or the same person uses it in another.
    """

    def __init__(self, document: Document, clock: Callable[[], float]) -> None:
        self._document = document
        self._clock = clock
        self._carets: dict[int, _Caret] = {}

    def now(self) -> list[Pointed]:
        """Returns those who point somewhere."""
        oldest = self._clock() - LASTS_SECONDS
        self._carets = {
            client_id: caret for client_id, caret in self._carets.items() if caret.session or caret.heard_at > oldest
        }
        return [caret.pointed for caret in self._carets.values() if caret.pointed.state is not None]

    def point(self, session: HubSession, client_id: int, clock: int, state: Mapping[str, Any] | None) -> None:
        """Takes a state from a client and sends it to the others, unless a newer one of that copy is known.

        Raises Conflict for a client id that somebody else uses, ValidationFailed for a state that is too large.
        """
        if not 0 <= client_id < 2**53 or not 0 <= clock < 2**31:
            raise ValidationFailed("That is no client id, or no clock.")
        shown = None if state is None else _shown(state)
        caret = self._carets.get(client_id)
        if caret is None:
            if len(self._carets) >= _MOST and len(self.now()) >= _MOST:
                raise Conflict("Too many copies of this document are open.")
        elif caret.session is not session and (caret.session or caret.pointed.state is not None):
            if session.identity.user_id is None or caret.pointed.user_id != session.identity.user_id:
                raise Conflict("That client id is in use.")
            # Its client is back before anybody has noticed that it was gone, or at another process.
            caret.session, caret.sent = session, caret.pointed
        if caret is not None and (clock < caret.pointed.clock or (clock == caret.pointed.clock and state is not None)):
            return
        pointed = self._pointed(session, client_id, clock, shown)
        if caret is None or caret.session is None:
            caret = self._carets[client_id] = _Caret(pointed, session, self._clock())
        caret.pointed, caret.heard_at = pointed, self._clock()
        self._send_soon(caret)

    def _pointed(self, session: HubSession, client_id: int, clock: int, state: dict[str, Any] | None) -> Pointed:
        identity = session.identity
        user_id = identity.user_id or 0
        return self._document.pointed(
            client_id=client_id,
            clock=clock,
            user_id=user_id,
            username=identity.username,
            display_name=identity.display_name,
            color=COLORS[user_id % len(COLORS)],
            state=state,
        )

    def _send_soon(self, caret: _Caret) -> None:
        if caret.sending is None:
            self._send(caret)

    def _send(self, caret: _Caret) -> None:
        sent = caret.sent = caret.pointed
        session = caret.session
        realtime.emit(self._document.room, sent, skip=session.connection_id if session else None)

        def again() -> None:
            caret.sending = None
            if caret.pointed is not sent:
                self._send(caret)

        caret.sending = asyncio.get_running_loop().call_later(SENT_SECONDS, again)

    def heard(self, pointed: Pointed) -> None:
        """Takes note of what another process has sent."""
        caret = self._carets.get(pointed.client_id)
        if caret is not None and (caret.session is not None or pointed.clock < caret.pointed.clock):
            return
        if caret is None and len(self._carets) >= _MOST:
            return
        self._carets[pointed.client_id] = _Caret(pointed, None, self._clock())

    def left(self, session: HubSession) -> None:
        """Takes the session's carets away, at the same clock: with a higher one its client would not be seen again."""
        for client_id, caret in list(self._carets.items()):
            if caret.session is not session:
                continue
            if caret.sending is not None:
                caret.sending.cancel()
            del self._carets[client_id]
            # Not what it said last: a client that goes says so, and that may not have gone out yet.
            if caret.sent is not None and caret.sent.state is not None:
                gone = msgspec.structs.replace(caret.pointed, state=None)
                realtime.emit(self._document.room, gone, skip=session.connection_id)


def _shown(state: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what others are shown of a client's state: where its caret is, and nothing else that it says."""
    cursor = state.get("cursor")
    if cursor is None:
        return {"cursor": None}
    if not isinstance(cursor, Mapping):
        raise ValidationFailed("A cursor is an object, or null.")
    shown = {"cursor": {end: cursor.get(end) for end in ("anchor", "head")}}
    if len(encode_json(shown)) > _STATE_BYTES:
        raise ValidationFailed(f"A cursor has at most {_STATE_BYTES} bytes.")
    return shown
