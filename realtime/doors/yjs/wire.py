"""How a room's events are written for stock clients: changes and carets of its document, and nothing else."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec

from realtime.contracts import event_contract
from realtime.documents import Document, Pointed, Updated, lib0
from realtime.doors.yjs.messages import Sync, awareness, sync
from realtime.positions import Position
from realtime.transport.packets import Packet, websocket_frame
from realtime.transport.wire import Wire, WireEvent

NOTHING = Packet(b"")
"""Sends nothing: of an event that is not of the document, or is hidden, and for the engine's own words."""

_BINARY = 0x82


class Apart(Packet):
    """A message of which each client's address stands in front of what all of them share.

    Finished when it is sent and not kept: clients choose addresses of their own (`name\\0session`), and a room that
    remembers its last events would hold the whole of each once more for everybody who does.
    """

    __slots__ = ("_address", "_body")

    def __init__(self, address: bytes, body: bytes) -> None:
        self.text = b""
        self._address = address
        self._body = body

    @property
    def attachments(self) -> tuple[bytes, ...]:  # type: ignore[override]  # nobody sets it
        return (self._address + self._body,)

    @property
    def frame(self) -> bytes:
        return websocket_frame(_BINARY, self._address + self._body)


class DocumentWire(Wire):
    """The wire of one client's copy.

    `address` is what Hocuspocus puts in front of every message; those of a `shared` one are encoded once for all who
    have the same. `missed` is set for as long as the copy is open: called when the client has missed what nobody can
    send any more.
    """

    def __init__(self, document: Document, address: str | None = None, *, shared: bool = True) -> None:
        self.missed: Callable[[], None] | None = None
        self._updated: type[Updated] = document.updated
        self._pointed: type[Pointed] = document.pointed
        self._update_name = event_contract(document.updated).name
        self._pointed_name = event_contract(document.pointed).name
        self._key = "yjs" if address is None else f"yjs {address}"
        self._address = b"" if address is None else lib0.text(address)
        self._shared = shared

    def key(self, namespace: str) -> str:
        return self._key

    def packet(self, body: bytes) -> Packet:
        """Returns a message, with the address in front."""
        return Packet(b"", (self._address + body,)) if self._shared else Apart(self._address, body)

    def durable(self, namespace: str, event: WireEvent, position: Position) -> Packet:
        if event.type != self._update_name:
            return NOTHING
        return self.packet(_change(event.payload, self._updated))

    def ephemeral(self, namespace: str, event: WireEvent) -> Packet:
        if event.type != self._pointed_name:
            return NOTHING
        return self.packet(awareness([msgspec.json.decode(event.payload, type=self._pointed)]))

    def hidden(self, namespace: str, room: str, position: Position) -> Packet:
        return NOTHING

    def notice(self, namespace: str, name: str, payload: Any, room: str | None = None) -> Packet:
        if name == "room:reset" and self.missed is not None:
            self.missed()
        return NOTHING


# An event is encoded for its audiences one after the other.
@lru_cache(maxsize=4)
def _change(payload: bytes, kind: type[Updated]) -> bytes:
    return sync(Sync.UPDATE, msgspec.json.decode(payload, type=kind).update)
