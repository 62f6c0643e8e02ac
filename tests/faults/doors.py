"""The two doors of the session model's own, as one who writes documents speaks them: commands out, answers in."""

import json
from abc import ABC, abstractmethod
from base64 import b64decode, b64encode
from typing import Any, NamedTuple

from socketio.packet import BINARY_ACK, BINARY_EVENT, EVENT, Packet
from websockets.asyncio.client import ClientConnection, connect

from tests.faults.authors import connect_as

NAMESPACE = "/halls"


class Answer(NamedTuple):
    """What a command was answered: `{success, data | error}`."""

    number: int
    answer: dict[str, Any]


class Event(NamedTuple):
    type: str
    payload: dict[str, Any]


class Link(ABC):
    """One connection. Bytes in payloads are bytes, whatever the wire makes of them."""

    name: str

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    @classmethod
    @abstractmethod
    def connect(cls, user: int, port: int) -> connect:
        """Opens the socket, as `async with`."""

    @abstractmethod
    async def enter(self) -> None:
        """Goes into the namespace."""

    @abstractmethod
    async def send(self, number: int, command: str, payload: dict[str, Any]) -> None:
        """Sends a command; its answer has the number."""

    @abstractmethod
    async def receive(self) -> Answer | Event | None:
        """Returns what the next message says; None where that is nothing for a writer."""


class JsonLink(Link):
    name = "json"

    @classmethod
    def connect(cls, user: int, port: int) -> connect:
        return connect_as(user, port)

    async def enter(self) -> None:
        pass  # the address has said it

    async def send(self, number: int, command: str, payload: dict[str, Any]) -> None:
        request = {"requestId": str(number), "type": command, "payload": payload}
        await self.socket.send(json.dumps(request, default=lambda data: b64encode(data).decode()))

    async def receive(self) -> Answer | Event | None:
        frame = json.loads(await self.socket.recv())
        if "success" in frame:
            return Answer(int(frame["requestId"]), {**frame, "data": _with_bytes(frame.get("data"))})
        return Event(frame["type"], _with_bytes(frame.get("payload") or {}))


class SocketIoLink(Link):
    """Packets are read and written by python-socketio."""

    name = "socketio"

    def __init__(self, socket: ClientConnection) -> None:
        super().__init__(socket)
        self._packet: Packet | None = None

    @classmethod
    def connect(cls, user: int, port: int) -> connect:
        return connect(
            f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket",
            additional_headers={"Authorization": f"Bearer {user}"},
            compression=None,
            ping_interval=None,
            open_timeout=30,
            close_timeout=0.1,
        )

    async def enter(self) -> None:
        while True:
            message = await self.socket.recv()
            assert isinstance(message, str)
            match message[:2]:
                case "0{":
                    await self.socket.send(f"40{NAMESPACE},")
                case "40":
                    return
                case "44":
                    raise ConnectionError(message)  # not now: come again

    async def send(self, number: int, command: str, payload: dict[str, Any]) -> None:
        text, *attachments = _messages(Packet(EVENT, [command, payload], namespace=NAMESPACE, id=number))
        await self.socket.send(f"4{text}")
        for attachment in attachments:
            await self.socket.send(attachment)

    async def receive(self) -> Answer | Event | None:
        message = await self.socket.recv()
        if isinstance(message, bytes):
            assert self._packet is not None
            packet, whole = self._packet, self._packet.add_attachment(message)
        elif message == "2":
            await self.socket.send("3")
            return None
        elif message.startswith("4"):
            packet = self._packet = Packet(encoded_packet=message[1:])
            whole = packet.packet_type not in (BINARY_EVENT, BINARY_ACK)
        else:
            return None
        if not whole or not isinstance(packet.data, list):
            return None
        if packet.packet_type in (EVENT, BINARY_EVENT):
            return Event(packet.data[0], _with_bytes(packet.data[1] if len(packet.data) > 1 else {}))
        return Answer(packet.id, packet.data[0])


def _messages(packet: Packet) -> list[Any]:
    encoded = packet.encode()
    return encoded if isinstance(encoded, list) else [encoded]


def _with_bytes(fields: Any) -> Any:
    """Returns the fields with bytes for an update or a state vector that came in base64, as in all JSON."""
    if isinstance(fields, dict):
        for name in ("update", "vector"):
            if isinstance(fields.get(name), str):
                fields[name] = b64decode(fields[name])
    return fields
