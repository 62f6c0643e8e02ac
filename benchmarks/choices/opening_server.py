"""`python -m benchmarks.choices.opening_server --port N`: the server of `benchmarks.server`, with two ways to begin.

SIGUSR1 has each WebSocket's handshake read again by the library's parser, as uvicorn does; from SIGUSR2 on it is opened
from what the HTTP parser has read.
"""

import signal
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks import server
from realtime.servers import http
from realtime.servers.opening import Opening

_read_once = http.plain_opening


def _read_again(scope: Mapping[str, Any], url: bytes) -> Opening | None:
    return None  # as for whatever is odd


def _choose(way: Callable[[Mapping[str, Any], bytes], Opening | None]) -> Callable[[int, object], None]:
    def choose(number: int, frame: object) -> None:
        http.plain_opening = way

    return choose


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, _choose(_read_again))
    signal.signal(signal.SIGUSR2, _choose(_read_once))
    server.main()
