"""From catching up to live: the only merge of what is in the log with what is happening."""

import asyncio
import logging
from collections import deque

from realtime.errors import ApplicationError
from realtime.hub.audience import Delivery
from realtime.hub.core import HubCore
from realtime.hub.log import LogReader
from realtime.hub.room import UNKNOWN_PRESENCE, Membership, Phase
from realtime.transport.connection import Connection

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 0.5


class CatchUp:
    """Brings members to their rooms' positions, each at its client's pace; a task per connection that needs it."""

    def __init__(self, hub: HubCore, log: LogReader) -> None:
        self._hub = hub
        self._log = log
        self._waiting: dict[Connection, deque[Membership]] = {}

    def begin(self, member: Membership) -> None:
        """Starts the stream of a held member at its place: live in this very step when nothing is missing."""
        member.phase = Phase.CATCHING_UP
        member.session.rooms_changed()
        if member.connection.congested or not self._finish_from_ring(member):
            self._enqueue(member)

    def demote(self, member: Membership) -> None:
        """Takes a live member whose client does not keep up back to reading from the log."""
        member.state.leave_live(member, Phase.CATCHING_UP)
        member.presence_version = UNKNOWN_PRESENCE
        self._hub.statistics.demotions += 1
        logger.debug("%s does not keep up in %s", member.connection.id, member.state.name)
        self._enqueue(member)

    def _finish_from_ring(self, member: Membership) -> bool:
        state = member.state
        recent = state.recent(member.seq)
        if recent is None:
            return False
        self._write(member, recent)
        if member.connection.congested:  # by just this: a live member would be written to without a bound
            return False
        state.enter_live(member)
        self._hub.went_live(member)
        return True

    def _write(self, member: Membership, deliveries: list[Delivery]) -> None:
        session, connection = member.session, member.connection
        wire, namespace = session.wire, session.namespace.name
        view = member.grant.view if member.grant is not None else None
        for delivery in deliveries:
            member.seq = delivery.event.seq
            connection.write(delivery.packet(wire, namespace, connection.id if delivery.event.skip else None, view))
        if deliveries:
            session.replayed()

    def _enqueue(self, member: Membership) -> None:
        queue = self._waiting.get(member.connection)
        if queue is None:
            queue = self._waiting[member.connection] = deque()
            self._hub.spawn(self._serve(member.connection, queue))
        queue.append(member)

    async def _serve(self, connection: Connection, queue: deque[Membership]) -> None:
        try:
            while queue:
                await connection.drained()
                if connection.closed:
                    return
                member = queue.popleft()
                if member.phase is not Phase.CATCHING_UP:
                    continue
                try:
                    await self._advance(member)
                except ApplicationError:
                    await asyncio.sleep(_RETRY_SECONDS)
                if member.phase is Phase.CATCHING_UP:
                    queue.append(member)
        finally:
            del self._waiting[connection]

    async def _advance(self, member: Membership) -> None:
        """Writes one page, or goes live. The state may change in every await; the member's place is read after."""
        state, after = member.state, member.seq
        if state.recent(after) is not None:
            self._finish_from_ring(member)
            member.connection.flush()
            await asyncio.sleep(0)
            return
        epoch = state.epoch
        page = await self._log.page(state, after)
        if member.phase is not Phase.CATCHING_UP or member.seq != after or state.epoch != epoch:
            return
        if not page:
            self._hub.reset_member(member, "trimmed")
            return
        self._write(member, page)
        member.connection.flush()
        await asyncio.sleep(0)
