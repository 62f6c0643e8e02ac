"""Cookies that a stranger can pile up: what a page refuses every door refuses, what it takes they take."""

import socket
from collections.abc import Iterator

import pytest

from realtime.testing.server import ServerProcess
from tests.commands import running_database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.live, pytest.mark.either_database]

PATIENCE_SECONDS = 20.0
UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
EDGES = {
    "a page": ("/", ""),
    "the API": ("/api/v1/books/", ""),
    "JSON": ("/ws/", UPGRADE),
    "Socket.IO": ("/socket.io/?EIO=4&transport=websocket", UPGRADE),
    "polling": ("/socket.io/?EIO=4&transport=polling", ""),
    "a stream": ("/events/?rooms=admin:broadcast", ""),
}
BOMBS = {
    "none": [],
    "one of 4 KB": ["a=" + "x" * 4000],
    "300 small ones": ["; ".join(f"c{number}=1" for number in range(300))],
    "180 of 80 bytes": ["; ".join(f"c{number}={'x' * 75}" for number in range(180))],
    "12 KB": ["a=" + "x" * 12_000],
    "20 KB": ["a=" + "x" * 20_000],
    "40 KB": ["; ".join(f"c{number}=" + "x" * 4000 for number in range(10))],
    "100 KB": ["; ".join(f"c{number}=" + "x" * 4000 for number in range(25))],
    "30 headers": [f"c{number}=1" for number in range(30)],
    "200 headers": [f"c{number}=1" for number in range(200)],
    "semicolons": [";" * 4000],
    "no names": ["=; " * 1000],
    "high bytes": ["a=\u00ff\u00fe; \u00e9=1"],
    "quotes": ['a="' + "\\377" * 500],
    "NUL": ["a=\x00"],
    "a session of rubbish": ["sessionid=" + "\u00ff" * 200],
    "a long session": ["sessionid=" + "a" * 5000],
    "many sessions": ["; ".join(f"sessionid={number}" for number in range(400))],
}


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[ServerProcess]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django's fixture
        url = running_database_url()
    with ServerProcess(environment={"DATABASE_URL": url}) as started:
        yield started


def status(server: ServerProcess, edge: str, cookies: list[str]) -> int:
    path, headers = EDGES[edge]
    lines = "".join(f"Cookie: {cookie}\r\n" for cookie in cookies)
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n{headers}{lines}\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(head.encode("latin-1"))
        answered = b""
        while b"\r\n" not in answered:
            part = connection.recv(4096)
            assert part, "closed without an answer"
            answered += part
    return int(answered.split()[1])


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_cookie_that_a_page_refuses_or_takes_is_refused_or_taken_everywhere(server: ServerProcess, bomb: str) -> None:
    refused = {edge: status(server, edge, BOMBS[bomb]) for edge in EDGES}
    assert not any(found >= 500 for found in refused.values()), refused
    assert len({found in (400, 413, 431) for found in refused.values()}) == 1, refused
    assert "Traceback" not in server.output
