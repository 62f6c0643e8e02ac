"""What both doors for stock clients of Yjs have in common as consumers."""

import logging
from typing import ClassVar

from realtime.conf import realtime_settings
from realtime.doors.errors import MalformedPacket
from realtime.doors.websocket import WebSocketConsumer
from realtime.doors.yjs.copy import Backlog
from realtime.doors.yjs.messages import MAX_MESSAGE_BYTES, too_large
from realtime.errors import ApplicationError, Internal, Unavailable
from realtime.hub.alarms import Alarm
from realtime.identity import ANONYMOUS
from realtime.transport.packets import Packet

logger = logging.getLogger(__name__)

BEAT_SECONDS = 20.0
"""Stock clients take a connection for dead on which nothing has come for 30 s; pings of WebSockets they do not see."""


class DocumentsConsumer(WebSocketConsumer):
    """Base of the two: a subclass implements `begun`, `taken` and `refuse`.

    `beat`: what it sends now and then; `most_bytes`: of one message.
    """

    beat: ClassVar[Packet]
    most_bytes: ClassVar[int] = MAX_MESSAGE_BYTES

    backlog: Backlog
    _alarm: Alarm | None = None
    _over = False

    def subprotocol(self, offered: list[str]) -> str | None:
        known = realtime_settings().subprotocol
        return known if known in offered else None

    async def opened(self) -> None:
        self.backlog = Backlog()
        self._beat_later()
        try:
            await self.hub.seat(self.connection, ANONYMOUS)
            await self.begun()
        except ApplicationError as error:
            self.refuse(error)
        except Exception:
            logger.exception("Opening a document failed.")
            self.refuse(Unavailable())

    async def received(self, message: str | bytes) -> None:
        if self._over:
            return
        try:
            if isinstance(message, str):
                raise MalformedPacket("Messages are binary.")
            if len(message) > self.most_bytes:
                raise too_large()
            await self.taken(message)
        except ApplicationError as error:
            self.refuse(error)
        except Exception:
            logger.exception("A message could not be taken; its connection is closed.")
            self.refuse(Internal())

    async def begun(self) -> None:
        """The connection has its seat. What it raises refuses it."""

    async def taken(self, message: bytes) -> None:
        """Takes one message. What it raises ends the connection."""
        raise NotImplementedError

    def refuse(self, error: ApplicationError) -> None:
        """Ends the connection, in its client's words."""
        raise NotImplementedError

    def end(self, code: int, reason: str) -> None:
        """Closes; nothing that still comes is taken."""
        self._over = True
        self.connection.close(code, reason)

    def gone(self) -> None:
        self._over = True
        if self._alarm is not None:
            self.hub.alarms.cancel(self._alarm)

    def _beat_later(self) -> None:
        self._alarm = self.hub.alarms.set(self.hub.loop.time() + BEAT_SECONDS, DocumentsConsumer._beat, self)

    def _beat(self) -> None:
        if not self._over:
            if not self.connection.congested:
                self.connection.write(self.beat)
            self._beat_later()
