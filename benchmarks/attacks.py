"""The attacks of `benchmarks.hostile`: one function each, run by ten attackers at once, again and again.

An attack gets an `Attacker` and may raise OSError, as it does when it is thrown out; then it begins anew. To add one,
write a function and name it in one of the lists.
"""

import contextlib
import os
import random
import socket
import threading
import time
from collections.abc import Callable

from benchmarks.attacker import CHUNK_BYTES, Attacker, frame, text
from benchmarks.attacks_by_authors import BY_AUTHORS
from benchmarks.attacks_opening import OPENING

_AGAIN_SECONDS = 0.05
_WAIT_SECONDS = 10.0
# On a small machine they would take the core from the server and the bystanders, and be the measurement.
_NICE = 10

Attack = Callable[[Attacker], None]

JSON_DOOR = "/ws/"
SOCKET_IO = "/socket.io/?EIO=4&transport=websocket"


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
                link.recv(CHUNK_BYTES, socket.MSG_DONTWAIT)


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
        *OPENING,
        *BY_AUTHORS,
    )
}


def run_attackers(name: str, port: int, seconds: float, count: int, size: int) -> None:
    """Lets `count` of them attack until the time is up."""
    if hasattr(os, "sched_setscheduler"):
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    os.nice(_NICE)
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_attack, args=(name, Attacker(port, number, size, until)), daemon=True)
        for number in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until + _WAIT_SECONDS - time.monotonic()))
    os._exit(0)  # whoever still waits for an answer is not waited for


def _attack(name: str, attacker: Attacker) -> None:
    while time.monotonic() < attacker.until:
        with contextlib.suppress(OSError):
            ATTACKS[name](attacker)
        time.sleep(_AGAIN_SECONDS * random.random())
