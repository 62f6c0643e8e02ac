"""The sessions of one Engine.IO endpoint in one process, and how requests find them."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from realtime.doors.engineio.binding import NOBODY, Binding, Shown, shown_by
from realtime.doors.engineio.heartbeats import Heartbeats
from realtime.doors.engineio.links import Link
from realtime.doors.engineio.session import Application, EngineSession, Options
from realtime.doors.errors import Refusal, RequestRefused
from realtime.sessions.authentication import kept_of
from realtime.transport.asgi import Scope
from realtime.transport.packets import Packet
from realtime.transport.write_batch import WriteBatch

LinkTo = Callable[[EngineSession], Link]

_SETTLE_SECONDS = 5.0


class Owner(Protocol):
    """The process that has a session. Every method raises RequestRefused; there is no second try.

    What a request `shown` must be what its session is bound to: whoever knows no more than the id gets the answer that
    there is no such session, and the session goes on.
    """

    async def poll(self, sid: str, shown: Shown) -> bytes:
        """Waits for the body of one polling response; cancelling it ends the session."""

    async def post(self, sid: str, shown: Shown, body: bytes) -> None:
        """Hands over the body of one polling request, whole."""

    async def begin_upgrade(self, sid: str, shown: Shown) -> None:
        """Claims the session for a WebSocket that wants to take over; only one may. What follows is that one's."""

    async def probed(self, sid: str) -> None:
        """The WebSocket carries messages: from now on polls are answered at once."""

    async def abandon_upgrade(self, sid: str) -> None:
        """The WebSocket came to nothing; the session goes on with polling. Never raises."""

    async def upgrade(self, sid: str, scope: Scope, link_to: LinkTo) -> EngineSession:
        """Moves the session to the WebSocket of `scope`, and to this process; returns it."""


class Moved(msgspec.Struct, frozen=True):
    """A session on its way to another process: what its application needs to go on there, what waits to be
    sent, and how long its client may still be silent."""

    state: bytes
    packets: list[tuple[bytes, tuple[bytes, ...]]]
    silence_ms: int


class EngineServer:
    """One endpoint's sessions. Belongs to one event loop, and so to one process, whose name is in their ids.

    `application(session)` makes what lives on a new session, `restore(session, state)` what goes on from
    another process. `admit(session)` lets a new one in, or raises ApplicationError. `elsewhere(process)` finds the
    owner of a session of another process; without it every session is here or nowhere.
    """

    def __init__(
        self,
        options: Options,
        application: Callable[[EngineSession], Application],
        *,
        write_batch: WriteBatch | None = None,
        restore: Callable[[EngineSession, bytes], Application] | None = None,
        admit: Callable[[EngineSession], Awaitable[None]] | None = None,
        elsewhere: Callable[[str], Owner | None] = lambda process: None,
    ) -> None:
        self.options = options
        self.here = Here(self)
        self.write_batch = write_batch or WriteBatch(asyncio.get_running_loop())
        self.sessions: dict[str, EngineSession] = {}
        self._application = application
        self._restore = restore
        self._admit = admit
        self._elsewhere = elsewhere
        self._heartbeats = Heartbeats(options.ping_interval_ms)
        self._on_end = self._ended  # one bound method for all sessions
        self._last_words: dict[str, tuple[bytes, Binding | None]] = {}
        self._name = secrets.token_hex(8)
        self._names = {self._name}

    def answer_to(self, name: str) -> None:
        """Names this process from now on; it still answers for sessions that began under the name before."""
        self._name = name
        self._names.add(name)

    def owner(self, sid: str) -> Owner:
        """Returns who answers for `sid`. Raises RequestRefused if nobody does."""
        process = sid.partition(".")[0]
        if process in self._names:
            return self.here
        owner = self._elsewhere(process)
        if owner is None:
            raise RequestRefused(Refusal.UNKNOWN_SESSION, "it is another process's, and there is no way there")
        return owner

    def open(self, scope: Scope, *, link_to: LinkTo | None = None) -> EngineSession:
        """Opens a session, on polling unless a link is given; its handshake is not sent yet."""
        session = self._register(f"{self._name}.{secrets.token_urlsafe(16)}", scope)
        if link_to is not None:
            session.start_on(link_to(session))
        else:
            session.binding = NOBODY if scope["type"] == "websocket" else Binding(shown_by(scope))
        session.application = self._application(session)
        self._heartbeats.add(session)
        return session

    async def begin(self, scope: Scope) -> EngineSession:
        """Opens a session on polling and lets it in before its id is known to anybody.

        Raises ApplicationError when it is not let in, or has been closed meanwhile; then nothing is open.
        """
        session = self.open(scope)
        if self._admit is not None:
            try:
                await self._admit(session)
            except BaseException:
                session.abort()
                raise
        return self.session(session.sid)

    async def give_away(self, sid: str) -> Moved:
        """Ends a session here so that another process goes on with it. Raises RequestRefused."""
        session = self.session(sid)
        if not await session.application.settled(_SETTLE_SECONDS):
            raise RequestRefused(Refusal.BAD_REQUEST, "its commands were not answered in time")
        return Moved(*session.give_away())

    def adopt(self, sid: str, scope: Scope, link_to: LinkTo, moved: Moved) -> EngineSession:
        """Goes on with a session that another process has given away. Raises RequestRefused."""
        if self._restore is None:
            raise RequestRefused(Refusal.UNKNOWN_SESSION)
        session = self._register(sid, scope)
        session.start_on(link_to(session), silence_ms=moved.silence_ms)
        for text, attachments in moved.packets:
            session.write(Packet(text, attachments))
        session.application = self._restore(session, moved.state)
        self._heartbeats.add(session)
        return session

    def _register(self, sid: str, scope: Scope) -> EngineSession:
        client = scope.get("client")
        session = EngineSession(
            self.write_batch,
            sid=sid,
            scope=kept_of(scope),
            options=self.options,
            on_end=self._on_end,
            address=client[0] if client else "",
        )
        self.sessions[sid] = session
        return session

    def session(self, sid: str, shown: Shown | None = None) -> EngineSession:
        """Returns an open session of this process; `shown` is what asks for it, if that is not known already.

        Raises RequestRefused.
        """
        session = self.sessions.get(sid)
        if session is None:
            raise RequestRefused(Refusal.UNKNOWN_SESSION)
        if not _admits(session.binding, shown):
            raise RequestRefused(Refusal.UNKNOWN_SESSION, "the request does not show whose it is")
        return session

    def last_words(self, sid: str, shown: Shown) -> bytes | None:
        """Returns, once, what a session that has ended still had to say."""
        words, binding = self._last_words.get(sid, (None, None))
        if words is None or not _admits(binding, shown):
            return None
        del self._last_words[sid]
        return words

    def _ended(self, session: EngineSession, words: bytes) -> None:
        self.sessions.pop(session.sid, None)
        self._heartbeats.remove(session)
        if words:
            self._last_words[session.sid] = words, session.binding
            asyncio.get_running_loop().call_later(
                self.options.linger_ms / 1000, self._last_words.pop, session.sid, None
            )


def _admits(binding: Binding | None, shown: Shown | None) -> bool:
    return binding is None or shown is None or binding.admits(shown)


class Here:
    """The owner of this process's own sessions."""

    def __init__(self, server: EngineServer) -> None:
        self._server = server

    async def poll(self, sid: str, shown: Shown) -> bytes:
        words = self._server.last_words(sid, shown)
        return words if words is not None else await self._server.session(sid, shown).poll()

    async def post(self, sid: str, shown: Shown, body: bytes) -> None:
        await self._server.session(sid, shown).post(body)

    async def begin_upgrade(self, sid: str, shown: Shown) -> None:
        self._server.session(sid, shown).begin_upgrade()

    async def probed(self, sid: str) -> None:
        session = self._server.session(sid)
        # What is held cannot move, and behind the answer to its probe the client leaves polling, not before.
        if not await session.application.entered(_SETTLE_SECONDS):
            raise RequestRefused(Refusal.BAD_REQUEST, "it is still being let in")
        session.probed()

    async def abandon_upgrade(self, sid: str) -> None:
        session = self._server.sessions.get(sid)
        if session is not None:
            session.abandon_upgrade()

    async def upgrade(self, sid: str, scope: Scope, link_to: LinkTo) -> EngineSession:
        session = self._server.session(sid)
        session.upgrade(link_to)
        return session
