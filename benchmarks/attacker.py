"""One hostile client on loopback: raw sockets, and no more than it takes to hurt."""

import contextlib
import socket
import time

from benchmarks.people import session_key

CHUNK_BYTES = 65_536
_WAIT_SECONDS = 10.0


class Attacker:
    """What one of them can do. `number` says which of the authors it is, where an attack needs one who is signed in."""

    def __init__(self, port: int, number: int, size: int, until: float) -> None:
        self.port = port
        self.number = number
        self.size = size
        """How many bytes an attack sends on one connection."""
        self.until = until

    def open(self) -> socket.socket:
        link = socket.create_connection(("127.0.0.1", self.port), timeout=_WAIT_SECONDS)
        link.settimeout(max(0.1, min(_WAIT_SECONDS, self.until - time.monotonic())))
        return link

    def http(self, method: str, path: str, body: bytes = b"", headers: str = "") -> bytes:
        """Sends one request on a connection of its own, with more headers than these; returns the whole answer."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
            f"{headers}\r\n"
        )
        with self.open() as link:
            link.sendall(head.encode() + body)
            answer = b""
            while part := link.recv(CHUNK_BYTES):
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
        chunk = piece * max(1, CHUNK_BYTES // len(piece))
        for _ in range(max(1, self.size // len(chunk))):
            link.sendall(chunk)
            with contextlib.suppress(BlockingIOError):
                link.recv(CHUNK_BYTES, socket.MSG_DONTWAIT)
        while time.monotonic() < self.until and link.recv(CHUNK_BYTES):
            pass

    def frames(self, path: str, opening: list[bytes], piece: bytes) -> None:
        """Floods a WebSocket with frames behind what opens a session."""
        with self.websocket(path) as link:
            for frame in opening:
                link.sendall(frame)
                link.recv(4096)
            self.flood(link, piece)

    def as_author(self, method: str, path: str, body: bytes, kind: str) -> bytes:
        """Sends what a signed-in author's browser would send; returns the answer."""
        token = "a" * 32
        return self.http(
            method,
            path,
            body,
            f"Cookie: sessionid={session_key(self.number)}; csrftoken={token}\r\nX-CSRFToken: {token}\r\n"
            f"Content-Type: {kind}\r\n",
        )

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


def frame(first: int, data: bytes = b"") -> bytes:
    """Returns a client's frame, masked with zeros."""
    return bytes([first, 0x80 | len(data), 0, 0, 0, 0]) + data


def text(data: str) -> bytes:
    return frame(0x81, data.encode())
