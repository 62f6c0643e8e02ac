"""The attacks of `benchmarks.hostile`: one function each, run by ten attackers at once, again and again.

An attack gets an `Attacker` and may raise OSError, as it does when it is thrown out; then it begins anew. To add one,
write a function here and give it a name.
"""

import contextlib
import os
import random
import socket
import threading
import time
from collections.abc import Callable

_CHUNK_BYTES = 65_536
_WAIT_SECONDS = 10.0
_AGAIN_SECONDS = 0.05
# On a small machine they would take the core from the server and the bystanders, and be the measurement.
_NICE = 10


class Attacker:
    """One hostile client on loopback: raw sockets, and no more than it takes to hurt."""

    def __init__(self, port: int, size: int, until: float) -> None:
        self.port = port
        self.size = size
        """How many bytes an attack sends on one connection."""
        self.until = until

    def open(self) -> socket.socket:
        link = socket.create_connection(("127.0.0.1", self.port), timeout=_WAIT_SECONDS)
        link.settimeout(max(0.1, min(_WAIT_SECONDS, self.until - time.monotonic())))
        return link

    def http(self, method: str, path: str, body: bytes = b"") -> bytes:
        """Sends one request on a connection of its own; returns the whole answer."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with self.open() as link:
            link.sendall(head.encode() + body)
            answer = b""
            while part := link.recv(_CHUNK_BYTES):
                answer += part
        return answer

    def websocket(self, path: str) -> socket.socket:
        """Returns an accepted WebSocket."""
        link = self.open()
        link.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: bGl2cnlhLWxpdnJ5YS1saQ==\r\n\r\n".encode()
        )
        if b"101" not in link.recv(4096):
            raise ConnectionError("refused")
        return link

    def flood(self, link: socket.socket, piece: bytes) -> None:
        """Sends `piece` over and over, reading now and then what there is to read."""
        chunk = piece * max(1, _CHUNK_BYTES // len(piece))
        for _ in range(max(1, self.size // len(chunk))):
            link.sendall(chunk)
            with contextlib.suppress(BlockingIOError):
                link.recv(_CHUNK_BYTES, socket.MSG_DONTWAIT)
        while time.monotonic() < self.until and link.recv(_CHUNK_BYTES):
            pass

    def frames(self, path: str, opening: list[bytes], piece: bytes) -> None:
        """Floods a WebSocket with frames behind what opens a session."""
        with self.websocket(path) as link:
            for frame in opening:
                link.sendall(frame)
                link.recv(4096)
            self.flood(link, piece)

    def bodies(self, packets: list[str]) -> None:
        """Opens a polling session and posts 60 kB of packets at a time."""
        path = "/socket.io/?EIO=4&transport=polling"
        sid = self.http("GET", path).partition(b'"sid":"')[2].partition(b'"')[0].decode()
        self.http("POST", f"{path}&sid={sid}", b"40")
        text = "\x1e".join(packets)
        body = "\x1e".join([text] * (60_000 // (len(text) + 1))).encode()
        for _ in range(self.size // len(body)):
            if b" 200 " not in self.http("POST", f"{path}&sid={sid}", body)[:20]:
                raise ConnectionError("refused")


Attack = Callable[[Attacker], None]

JSON_DOOR = "/ws/"
SOCKET_IO = "/socket.io/?EIO=4&transport=websocket"


def frame(first: int, data: bytes = b"") -> bytes:
    """Returns a client's frame, masked with zeros."""
    return bytes([first, 0x80 | len(data), 0, 0, 0, 0]) + data


def text(data: str) -> bytes:
    return frame(0x81, data.encode())


def pings(attacker: Attacker) -> None:
    attacker.frames(JSON_DOOR, [], frame(0x89))


def pongs(attacker: Attacker) -> None:
    attacker.frames(SOCKET_IO, [], frame(0x8A))


def empty_fragments(attacker: Attacker) -> None:
    attacker.frames(JSON_DOOR, [frame(0x01) + frame(0x89)], frame(0x00))


def tiny_json(attacker: Attacker) -> None:
    attacker.frames(JSON_DOOR, [], text("{}"))


def tiny_commands(attacker: Attacker) -> None:
    attacker.frames(JSON_DOOR, [], text('{"type":"x","requestId":"1"}'))


def engine_io_noops(attacker: Attacker) -> None:
    attacker.frames(SOCKET_IO, [text("40")], text("6"))


def socket_io_connects(attacker: Attacker) -> None:
    attacker.frames(SOCKET_IO, [text("40")], b"".join(text(f"40/{number},") for number in range(1000)))


def socket_io_events(attacker: Attacker) -> None:
    attacker.frames(SOCKET_IO, [text("40")], text('42["x"]'))


def nested_messages(attacker: Attacker) -> None:
    data = ('42["x",[' + "[],{}," * 9_000 + "1]]").encode()
    head = bytes([0x81, 0xFE]) + len(data).to_bytes(2, "big") + bytes(4)
    attacker.frames(SOCKET_IO, [text("40")], head + data)


def one_frame_at_a_time(attacker: Attacker) -> None:
    """Each in a segment of its own, as honest clients send them."""
    with attacker.websocket(JSON_DOOR) as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while time.monotonic() < attacker.until:
            link.sendall(text("{}"))
            with contextlib.suppress(BlockingIOError):
                link.recv(_CHUNK_BYTES, socket.MSG_DONTWAIT)


def pipelined_requests(attacker: Attacker) -> None:
    with attacker.open() as link:
        attacker.flood(link, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")


def pipelined_pages(attacker: Attacker) -> None:
    with attacker.open() as link:
        attacker.flood(link, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")


def tiny_chunks(attacker: Attacker) -> None:
    with attacker.open() as link:
        link.sendall(b"POST /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n")
        attacker.flood(link, b"1\r\nx\r\n")


def polled_noops(attacker: Attacker) -> None:
    attacker.bodies(["6"])


def polled_connects(attacker: Attacker) -> None:
    attacker.bodies([f"40/{number}," for number in range(1000)])


def polled_events(attacker: Attacker) -> None:
    attacker.bodies(['42["x"]'])


ATTACKS: dict[str, Attack] = {
    attack.__name__.replace("_", " "): attack
    for attack in (
        pings,
        pongs,
        empty_fragments,
        tiny_json,
        tiny_commands,
        engine_io_noops,
        socket_io_connects,
        socket_io_events,
        nested_messages,
        one_frame_at_a_time,
        pipelined_requests,
        pipelined_pages,
        tiny_chunks,
        polled_noops,
        polled_connects,
        polled_events,
    )
}


def run_attackers(name: str, port: int, seconds: float, count: int, size: int) -> None:
    """Lets `count` of them attack until the time is up."""
    if hasattr(os, "sched_setscheduler"):
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    os.nice(_NICE)
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=_attack, args=(name, port, size, until), daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until + _WAIT_SECONDS - time.monotonic()))
    os._exit(0)  # whoever still waits for an answer is not waited for


def _attack(name: str, port: int, size: int, until: float) -> None:
    attacker = Attacker(port, size, until)
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            ATTACKS[name](attacker)
        time.sleep(_AGAIN_SECONDS * random.random())
