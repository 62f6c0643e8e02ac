"""What becomes of requests whose sender has read an address in a log: the session's id is all that they have."""

import http.client
import json
import tempfile
from pathlib import Path

from benchmarks.choices.tables import table
from benchmarks.servers import SERVERS, Running, running

POLLING = "/socket.io/?EIO=4&transport=polling"
TRIES = 10
MINE, SOMEBODY_ELSES = "127.0.0.1", "127.0.0.2"
"""Two addresses of loopback: two networks to whoever compares them."""


def _ask(
    server: Running, path: str, source: str, headers: dict[str, str], body: str | None = None
) -> tuple[int, str, str]:
    """Returns the status, the cookie that was set, and the body."""
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20, source_address=(source, 0))
    try:
        link.request("POST" if body else "GET", path, body, headers)
        answer = link.getresponse()
        return answer.status, (answer.getheader("Set-Cookie") or "").partition(";")[0], answer.read().decode()
    finally:
        link.close()


class Client:
    """A client that polls; `shows` is what its requests carry beside the address."""

    def __init__(self, server: Running, shows: dict[str, str], *, keeps_cookies: bool) -> None:
        self._server = server
        status, cookie, body = _ask(server, POLLING, MINE, shows)
        assert status == 200, body
        self.address = f"{POLLING}&sid={json.loads(body[1:])['sid']}"
        self.shows = {**shows, "Cookie": cookie} if keeps_cookies else shows
        assert self.post(MINE, self.shows, "40/bench,") == 200

    def post(self, source: str, headers: dict[str, str], packet: str = '42/bench,["bench:publish",{}]') -> int:
        return _ask(self._server, self.address, source, headers, packet)[0]


def measure() -> list[str]:
    """Returns how many of ten requests were taken."""
    rows: list[tuple[object, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        assert Path(folder).exists()
        with running(SERVERS["livrya, Socket.IO door"], "", "") as server:
            for name, keeps in (("keeps cookies", True), ("keeps none", False)):
                client = Client(server, {}, keeps_cookies=keeps)
                taken = {
                    source: sum(client.post(source, {}) == 200 for _ in range(TRIES))
                    for source in (SOMEBODY_ELSES, MINE)
                }
                own = sum(client.post(MINE, client.shows) == 200 for _ in range(TRIES))
                rows.append((name, taken[SOMEBODY_ELSES], taken[MINE], own))
    columns = ("the client", "taken of 10 from another address", "of 10 from the same address", "of 10 of its own")
    return table(columns, rows)
