"""The seats of one address over several processes with Redis, through all doors, and after one is killed."""

import json
import os
import socket
import time
from collections.abc import Iterator

import pytest

from realtime.testing.server import ServerProcess
from tests.realtime.halls import server_environment
from tests.services import Valkey

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.live]

SEATS = 6
ADDRESS = "203.0.113.9"
PATIENCE_SECONDS = 30.0
UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
DOORS = {
    "json": ("/ws/halls/", UPGRADE),
    "stream": ("/events/?rooms=hall:1", ""),
    "polling": ("/socket.io/?EIO=4&transport=polling", ""),
    "websocket": ("/socket.io/?EIO=4&transport=websocket", UPGRADE),
}
LET_IN = (b"session:ready", b'"sid"')
REFUSED = (b"RATE_LIMITED", b"HTTP/1.1 429")


@pytest.fixture
def servers(transactional_db: None) -> Iterator[list[ServerProcess]]:
    valkey = Valkey()
    environment = server_environment(
        REDIS_URL=valkey.url,
        HALLS_LEASE_SECONDS="3",
        HALLS_REALTIME=json.dumps({"CONNECTIONS_PER_ADDRESS": SEATS, "TRUSTED_PROXIES": 1}),
    )
    try:
        with (
            ServerProcess(environment=environment) as first,
            ServerProcess(environment=environment) as second,
            ServerProcess(environment=environment) as third,
        ):
            yield [first, second, third]
    finally:
        valkey.stop()


class Visitors:
    """Connections of one address; those let in stay open."""

    def __init__(self) -> None:
        self.open: list[tuple[ServerProcess, socket.socket]] = []

    def knock(self, server: ServerProcess, door: str) -> bool:
        """Tells whether one more is let in."""
        path, headers = DOORS[door]
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS)
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {ADDRESS}\r\n{headers}\r\n"
        connection.sendall(head.encode())
        heard = b""
        while not any(word in heard for word in LET_IN + REFUSED):
            part = connection.recv(65536)
            assert part, heard
            heard += part
        if any(word in heard for word in REFUSED):
            connection.close()
            return False
        self.open.append((server, connection))
        return True

    def leave(self) -> None:
        for _, connection in self.open:
            connection.close()


@pytest.fixture
def visitors() -> Iterator[Visitors]:
    made = Visitors()
    yield made
    made.leave()


def test_the_sum_holds_at_all_doors_of_all_processes_and_after_one_is_killed(
    servers: list[ServerProcess], visitors: Visitors
) -> None:
    ways = [(servers[number % 3], door) for number, door in enumerate([*DOORS] * 3)]
    let_in = [way for way in ways if visitors.knock(*way)]
    assert len(let_in) == SEATS
    for server in servers:
        for door in DOORS:
            assert not visitors.knock(server, door), door
    killed = servers[0]
    lost = sum(server is killed for server, _ in visitors.open)
    assert 0 < lost < SEATS
    os.kill(killed.process.pid, 9)
    killed.process.wait()
    # Its seats come back when its lease is over and another process has looked; no more than it had.
    back, deadline = 0, time.monotonic() + PATIENCE_SECONDS
    while back < lost:
        assert time.monotonic() < deadline, back
        back += visitors.knock(servers[1 + back % 2], [*DOORS][back % 4])
        time.sleep(0.2)
    for server in servers[1:]:
        assert not any(visitors.knock(server, door) for door in DOORS)
