"""Attacks on what opens a connection: heads that are refused, states without an end, and openings that ask for much."""

import json
import time

from benchmarks.attacker import CHUNK_BYTES, Attacker, text

_HANDSHAKE = (
    "Host: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: bGl2cnlhLWxpdnJ5YS1saQ==\r\n"
)
_ROOMS = 200
_HELD = 100
_POLLING = "/socket.io/?EIO=4&transport=polling"


def _asks(attacker: Attacker, head: str) -> None:
    """Sends a head and waits for whatever comes, at most until the attack is over."""
    with attacker.open() as link:
        link.sendall(head.encode())
        while link.recv(CHUNK_BYTES):
            pass


def refused_handshakes(attacker: Attacker) -> None:
    many = "".join(f"X-{number}: 1\r\n" for number in range(200))
    for more in (many, f"X-Long: {'x' * 20_000}\r\n", "Content-Length: 5\r\n"):
        _asks(attacker, f"GET /ws/ HTTP/1.1\r\n{_HANDSHAKE}{more}\r\n")
    _asks(attacker, f"GET /ws/?{'x' * 9_000} HTTP/1.1\r\n{_HANDSHAKE}\r\n")


def resumes_that_say_nothing(attacker: Attacker) -> None:
    links = []
    try:
        for _ in range(_HELD):
            links.append(attacker.websocket("/ws/?resume"))
        while time.monotonic() < attacker.until:
            time.sleep(0.1)
    finally:
        for link in links:
            link.close()


def polling_without_namespace(attacker: Attacker) -> None:
    while time.monotonic() < attacker.until:
        if b" 200 " not in attacker.http("GET", _POLLING)[:20]:
            raise ConnectionError("refused")


def large_heads(attacker: Attacker) -> None:
    for _ in range(attacker.size // 30_000):
        attacker.http("GET", "/healthz", headers="".join(f"X-{number}: {'x' * 300}\r\n" for number in range(90)))


def streams_of_unknown_rooms(attacker: Attacker) -> None:
    names = ",".join(f"book:{10_000 + number}" for number in range(_ROOMS))
    while time.monotonic() < attacker.until:
        attacker.http("GET", f"/events/?rooms={names}")


def resumes_of_many_rooms(attacker: Attacker) -> None:
    rooms = json.dumps({"rooms": {f"book:{10_000 + number}": None for number in range(_ROOMS)}})
    command = f'{{"requestId":"1","type":"session:resume","payload":{rooms}}}'.encode()
    frame = bytes([0x81, 0xFE]) + len(command).to_bytes(2, "big") + bytes(4) + command
    attacker.frames("/ws/", [], frame)


def connects_of_many_rooms(attacker: Attacker) -> None:
    rooms = json.dumps({"rooms": {f"book:{number}": {"seq": 1, "epoch": "x"} for number in range(1_500)}})
    connect = f"40{rooms}".encode()
    frame = bytes([0x81, 0xFE]) + len(connect).to_bytes(2, "big") + bytes(4) + connect
    attacker.frames("/socket.io/?EIO=4&transport=websocket", [], frame)


def connects_and_disconnects(attacker: Attacker) -> None:
    attacker.frames("/socket.io/?EIO=4&transport=websocket", [], text("40") + text("41"))


OPENING = (
    refused_handshakes,
    resumes_that_say_nothing,
    polling_without_namespace,
    large_heads,
    streams_of_unknown_rooms,
    resumes_of_many_rooms,
    connects_of_many_rooms,
    connects_and_disconnects,
)
