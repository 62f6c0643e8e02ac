"""The open documents of a hub: their queues, their carets, and when they have settled."""

import asyncio
import logging
import weakref
from typing import Any

import msgspec
import pycrdt

from realtime.contracts import event_contract
from realtime.documents.carets import Carets
from realtime.documents.kinds import KINDS, Document, document_of
from realtime.documents.queue import DocumentQueue, Write, Written
from realtime.errors import ApplicationError, Internal, NotFound, Unavailable
from realtime.hub.hub import Hub
from realtime.hub.parts import Part
from realtime.hub.room import HubSession
from realtime.log.events import EphemeralEvent
from realtime.rooms import Room

logger = logging.getLogger(__name__)

SETTLED_SECONDS = 2.0
UNSETTLED_SECONDS = 10.0
"""Who writes on and on: their text is written out so often all the same."""
_LOOK_SECONDS = 15.0
_IDLE_SECONDS = 60.0
_COPIES_BYTES = 256 * 1024 * 1024
"""What all copies of a process may take; beyond, those go that were not used for longest."""


class OpenDocument:
    """One document in this process. Belongs to the hub's loop."""

    def __init__(self, hub: Hub, document: Document) -> None:
        self._hub = hub
        self.document = document
        self.queue = DocumentQueue(hub, hub.lanes, document)
        self.carets = Carets(document, hub.loop.time)
        self._unsettled_since: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._writing_out = asyncio.Lock()
        self._changed()  # perhaps: the process that took the last change may have died before it was written out

    @property
    def idle(self) -> bool:
        return self.queue.idle and self._unsettled_since is None and not self.carets.now()

    async def write(self, write: Write) -> Written:
        """See `DocumentQueue.write`."""
        written = await self.queue.write(write)
        if written.changed:
            self._changed()
        return written

    def _changed(self) -> None:
        now = self._hub.loop.time()
        if self._unsettled_since is None:
            self._unsettled_since = now
        if self._timer is not None:
            self._timer.cancel()
        wait = min(SETTLED_SECONDS, self._unsettled_since + UNSETTLED_SECONDS - now)
        self._timer = self._hub.loop.call_later(max(0.0, wait), self._settle_soon)

    def _settle_soon(self) -> None:
        self._timer = None
        self._hub.spawn(self.settle())

    async def settle(self) -> None:
        """Lets the app write out what has changed, if anything has; again, where more has changed meanwhile."""
        async with self._writing_out:
            if self._unsettled_since is None:
                return
            self._unsettled_since = None
            try:
                changed_at, state = await self.queue.read(lambda copy: (copy.changed_at, copy.missing(None)))
                await self._hub.handlers.run(self._write_out, state)
                # Another process may have written out more before this one wrote out less.
                if await self.queue.read(lambda copy: copy.changed_at) != changed_at:
                    self._changed()
            except Exception as error:
                self._not_written_out(error)

    def _write_out(self, state: bytes) -> None:
        """In a thread of its own: it takes seconds for the longest texts, and the lane of the room is for writers."""
        try:
            doc: pycrdt.Doc[Any] = pycrdt.Doc()
            doc.apply_update(state)
            self.document.settled(doc)
        except Exception:
            raise
        except BaseException as error:  # the library's panic
            raise Internal from error

    def _not_written_out(self, error: Exception) -> None:
        room = self.document.room
        if isinstance(error, ApplicationError) and not error.retryable:
            logger.info("What has changed in %s is not written out: %s", room, error)
            return
        if isinstance(error, Unavailable):
            logger.warning("What has changed in %s waits to be written out: %s", room, error)
        else:
            logger.error("What has changed in %s could not be written out; trying again.", room, exc_info=error)
        self._changed()

    def close(self) -> None:
        """Writes nothing out any more by itself."""
        if self._timer is not None:
            self._timer.cancel()


class Documents(Part):
    """All documents that are open here. Belongs to the hub's loop."""

    hub: Hub

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self._open: dict[str, OpenDocument] = {}
        self._pointed = {event_contract(kind.pointed).name: kind.pointed for kind in KINDS.values()}

    async def start(self) -> None:
        _DOCUMENTS[self.hub.loop] = self
        self.spawn(self._close_idle())

    async def stop(self) -> None:
        _DOCUMENTS.pop(self.hub.loop, None)
        for document in self._open.values():
            await document.settle()
            document.close()

    def open(self, room: Room) -> OpenDocument:
        """Returns the document that a room is. Raises NotFound when it is none."""
        opened = self._open.get(room.name)
        if opened is None:
            document = document_of(room)
            if document is None:
                raise NotFound("That room is no document.")
            opened = self._open[room.name] = OpenDocument(self.hub, document)
        return opened

    async def left(self, session: HubSession, room: Room, disconnected: bool, clean: bool) -> None:
        if opened := self._open.get(room.name):
            opened.carets.left(session)

    def ephemeral(self, event: EphemeralEvent) -> None:
        kind = self._pointed.get(event.type)
        opened = self._open.get(event.room) if kind else None
        if kind and opened:
            opened.carets.heard(msgspec.json.decode(event.payload, type=kind))

    async def _close_idle(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            now = self.hub.loop.time()
            held = sorted(self._open.items(), key=lambda item: item[1].queue.used_at)
            size = sum(opened.queue.size for _, opened in held)
            for name, opened in held:
                if not opened.idle:
                    continue
                state = self.hub.rooms.get(name)
                if opened.queue.used_at + _IDLE_SECONDS < now and (state is None or state.empty):
                    del self._open[name]
                    size -= opened.queue.size
                elif size > _COPIES_BYTES:
                    size -= opened.queue.size
                    opened.queue.drop()


def documents_here() -> Documents:
    """Returns the running loop's documents; for async handlers and doors."""
    return _DOCUMENTS[asyncio.get_running_loop()]


_DOCUMENTS: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Documents]" = weakref.WeakKeyDictionary()
