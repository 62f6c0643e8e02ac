"""Real servers with the halls, their clients, and what is said to them."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from asgiref.sync import sync_to_async

import realtime
from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess
from tests.realtime.app.events import HallRoom, Said
from tests.realtime.halls import server_environment


@contextmanager
def running(kind: str = "serve", *arguments: str, **environment: str) -> Iterator[ServerProcess]:
    with ServerProcess(kind, arguments=arguments, environment=server_environment(**environment)) as server:
        yield server
        assert "Traceback" not in server.output, server.output


async def clients_of(server: ServerProcess, count: int, namespace: str = "halls", **options: Any) -> list[JsonClient]:
    return [await JsonClient.over_socket(server.ws(namespace), **options) for _ in range(count)]


@sync_to_async
def say(*texts: str) -> None:
    for text in texts:
        realtime.emit(HallRoom(1), Said(text=text))


def open_deaf_socket(server: ServerProcess) -> socket.socket:
    """Joins a hall over a socket that will never be read again."""
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # before the window is announced
    deaf.connect(("127.0.0.1", server.port))
    deaf.sendall(
        b"GET /ws/halls/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    deaf.recv(1024)
    message = b'{"requestId":"1","type":"hall:join","payload":{"hallId":1}}'
    deaf.sendall(struct.pack("!BB", 0x81, 0x80 | len(message)) + b"\0\0\0\0" + message)
    heard = b""
    while b'"success":true' not in heard:
        heard += deaf.recv(1024)
    return deaf
