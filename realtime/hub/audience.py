"""Who gets one encoding of a room's events, and the encodings themselves, each made once."""

from collections.abc import Hashable
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from realtime.log.events import HIDDEN, StoredEvent
from realtime.positions import Position
from realtime.rooms import View
from realtime.transport.connection import Connection
from realtime.transport.packets import Packet
from realtime.transport.wire import Wire
from realtime.transport.write_batch import Recipients


class Receiver(Protocol):
    """A live member, as its audience needs to know it."""

    @property
    def connection(self) -> Connection:
        """Where its packets go."""


class Delivery:
    """An event of the log with its encodings, each made once."""

    __slots__ = ("_packets", "event")

    def __init__(self, event: StoredEvent) -> None:
        self.event = event
        self._packets: dict[Hashable, Packet] = {}

    def packet(self, wire: Wire, namespace: str, connection_id: str | None = None, view: View | None = None) -> Packet:
        """Returns the event for sessions of that wire and namespace, as the view shows it.

        Hidden from the connection it skips, and where the view says so.
        """
        event = self.event
        key: Hashable = wire.key(namespace)
        hide = event.internal or event.type == HIDDEN or (connection_id is not None and event.skip == connection_id)
        if view is not None and view.key is not None and not hide and not event.binary:
            payload = view.logged(event.type, event.actor_id, event.payload)
            if payload is None:
                hide = True
            elif payload is not event.payload:
                key = (key, view.key)
                event = msgspec.structs.replace(event, payload=payload)
        if hide:
            key = f"hidden {key}"
        packet = self._packets.get(key)
        if packet is None:
            position = Position(event.epoch, event.seq)
            hidden = wire.hidden(namespace, event.room, position) if hide else None
            packet = hidden or wire.durable(namespace, event, position)
            self._packets[key] = packet
        return packet

    def live(
        self, audience: "Audience[Any]", connection_id: str | None = None, *, part: int = 0, more: bool = False
    ) -> Packet:
        """Returns the event as it goes to live members of the audience, see `Wire.delivered`."""
        event = self.event
        packet = self.packet(audience.wire, audience.namespace, connection_id, audience.view)
        return audience.wire.delivered(packet, event.room, Position(event.epoch, event.seq), part, more=more)


M = TypeVar("M", bound=Receiver)


class Audience(Generic[M]):
    """The live members that share one encoding and whose views show the same.

    None of them is congested: who becomes so is taken out at once. `key` is what tells it from a room's others.
    """

    __slots__ = ("_all", "key", "members", "namespace", "view", "wire")

    def __init__(self, key: Hashable, wire: Wire, namespace: str, view: View | None) -> None:
        self.key = key
        self.wire = wire
        self.namespace = namespace
        self.view = view
        self.members: tuple[M, ...] | dict[M, None] = ()
        """One by itself, as in rooms of somebody's own, in a tuple: a dictionary has 230 bytes. More in their order."""
        self._all: Recipients | None = None

    def add(self, member: M) -> None:
        members = self.members
        if isinstance(members, dict):
            members[member] = None
        else:
            self.members = dict.fromkeys((*members, member)) if members else (member,)
        self._all = None

    def discard(self, member: M) -> None:
        members = self.members
        if isinstance(members, dict):
            members.pop(member, None)
        elif members and members[0] is member:
            self.members = ()
        self._all = None  # and with it the connection

    def recipients(self) -> Recipients:
        """Returns the members' connections as they are now, cached until they change."""
        if self._all is None:
            self._all = Recipients(member.connection for member in self.members)
        return self._all
