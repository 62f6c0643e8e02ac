"""uvicorn's HTTP protocol with an end to waiting: a request's head has a bound and a deadline, its body a least pace.

uvicorn keeps whatever headers come, for as long as they come, and waits for ever for a first request. Tested against
the pinned uvicorn, see `check_uvicorn`.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from realtime.conf import realtime_settings
from realtime.identity import counted_as
from realtime.servers.opened import OpenedProtocol
from realtime.servers.opening import plain_opening

_BODY_SECONDS = 30.0
"""A body is looked at so often; longer than a telephone is without a network between two masts."""
_BODY_BYTES = 64 * 1024
"""What must have come of a body in that time, unless it has ended: 2 KiB/s, a tenth of the slowest line in use."""

_Refusal = tuple[int, str]
_TOO_LARGE: _Refusal = (431, "The request's headers are too large.")
_TOO_SLOW: _Refusal = (408, "The request did not come in time.")


class HeadTooLarge(Exception):
    """A request's line and headers have passed their bound; ends its parsing."""


class Waiting:
    """The connections of this process whose request has not come yet, by address; the longest waiting are the first.

    One address may have as many of them as it may have open connections: whoever comes beyond that takes the place of
    the one that has waited longest. A request comes within one journey, so who waits to hold a place is the one to go.
    Behind proxies nobody is counted: the peers are ours, and have read the whole head before we see any of it.
    """

    def __init__(self) -> None:
        self._of: dict[str, dict[BoundedProtocol, None]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._of.values()))

    def add(self, connection: "BoundedProtocol", address: str) -> None:
        """Counts a connection; cuts the longest waiting one of its address if there are too many."""
        settings = realtime_settings()
        if not address or settings.trusted_proxies:
            return
        waiting = self._of.setdefault(address, {})
        waiting[connection] = None
        if len(waiting) > settings.connections_per_address:
            longest = next(iter(waiting))
            self.remove(longest, address)
            longest.give_way()

    def remove(self, connection: "BoundedProtocol", address: str) -> None:
        """Counts it no longer; harmless when it was not."""
        waiting = self._of.get(address)
        if waiting is not None:
            waiting.pop(connection, None)
            if not waiting:
                del self._of[address]


WAITING = Waiting()

_ATTRIBUTES_OF_UVICORN = (
    "access_log",
    "access_logger",
    "app",
    "app_state",
    "asgi_version",
    "client",
    "config",
    "connections",
    "cycle",
    "expect_100_continue",
    "flow",
    "headers",
    "limit_concurrency",
    "logger",
    "loop",
    "parser",
    "pipeline",
    "root_path",
    "scheme",
    "scope",
    "server",
    "server_state",
    "tasks",
    "timeout_keep_alive",
    "timeout_keep_alive_task",
    "transport",
    "url",
    "ws_protocol_class",
)


class _Pipeline(list[Any]):
    """What uvicorn asks of its deque of waiting requests, which is nearly always empty and has 760 bytes."""

    def appendleft(self, waiting: Any) -> None:
        self.insert(0, waiting)


class BoundedProtocol(HttpToolsProtocol):
    """One connection of a client that speaks HTTP, or is going to upgrade. Belongs to the loop.

    `_in_head` and `_in_body` say which part of a request is being read; neither: a whole one is being answered, or
    none has begun. Data that begins nothing (empty lines) does not put the deadline off.

    Every socket begins as one of these, and in a storm hundreds wait at once: so attributes are slots (uvicorn's alone
    would be a dictionary of 1.8 KB).
    """

    __slots__ = (
        *_ATTRIBUTES_OF_UVICORN,
        "_address",
        "_begun",
        "_body_bytes",
        "_body_timer",
        "_head_seconds",
        "_head_timer",
        "_in_body",
        "_in_head",
        "_most_bytes",
        "_most_headers",
        "_read_bytes",
        "_refusal",
        "_parsed_bytes",
        "_upgraded",
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.pipeline = _Pipeline()  # type: ignore[assignment]  # all that uvicorn asks of it
        settings = realtime_settings()
        self._most_bytes = settings.request_head_bytes
        self._most_headers = settings.request_headers
        self._head_seconds = settings.request_head_seconds
        self._address = ""
        self._in_head = False
        self._in_body = False
        self._upgraded = False
        self._begun = 0
        self._read_bytes = 0
        self._parsed_bytes = 0
        self._body_bytes = 0
        self._refusal: _Refusal | None = None
        self._head_timer: asyncio.TimerHandle | None = None
        self._body_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._address = counted_as(self.client[0]) if self.client else ""
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop_waiting()

    def data_received(self, data: bytes) -> None:
        alone, begun = not (self._in_body or self._in_head), self._begun
        super().data_received(data)
        if self._upgraded or self.transport.is_closing():
            self._stop_waiting()
            return
        if self._in_head:
            # A header that has not ended is with the parser, which hands it on only then. Where another request
            # ended in what was read, how much of it was this one's is not known: its own next read counts.
            if begun == self._begun or (alone and self._begun == begun + 1):
                self._read_bytes += len(data)
            if self._read_bytes > self._most_bytes:
                self._refuse(_TOO_LARGE)
                return
        if self._in_head or not (self._in_body or self._answering()):
            self._await_head()
        else:
            self._have_head()
        if self._in_body and self._body_timer is None:
            self._look_at_body()

    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    # The head

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._begun += 1
        self._read_bytes = self._parsed_bytes = 0

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        if len(self.headers) >= self._most_headers:
            self._too_large()
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._in_body = True
        self._body_bytes = 0
        super().on_headers_complete()

    def _count(self, size: int) -> None:
        self._parsed_bytes += size
        if self._parsed_bytes > self._most_bytes:
            self._too_large()

    def _too_large(self) -> None:
        self._refusal = _TOO_LARGE
        raise HeadTooLarge

    def handle_websocket_upgrade(self) -> None:
        self._upgraded = True
        opening = plain_opening(self.scope, self.url)
        made: Any = self.ws_protocol_class
        if opening is None or not issubclass(made, OpenedProtocol):
            super().handle_websocket_upgrade()
            return
        self.connections.discard(self)
        websocket: Any = made(config=self.config, server_state=self.server_state, app_state=self.app_state)
        scheme = "wss" if self.scheme == "https" else "ws"
        websocket.begin(self.transport, opening, scheme=scheme, server=self.server, client=self.client)
        self.transport.set_protocol(websocket)

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self._head_seconds, self._head_is_late)
            WAITING.add(self, self._address)

    def _have_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
            WAITING.remove(self, self._address)

    def _head_is_late(self) -> None:
        self._have_head()
        if self._in_head:
            self._refuse(_TOO_SLOW)
        else:
            self.give_way()

    def give_way(self) -> None:
        """Ends a connection on which nothing was asked: whoever opened it ahead of time opens another."""
        self._have_head()
        self.transport.abort()

    # The body

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_body = False
        super().on_message_complete()

    def _look_at_body(self) -> None:
        self._body_timer = self.loop.call_later(_BODY_SECONDS, self._is_body_late, self._begun, self._body_bytes)

    def _is_body_late(self, begun: int, before: int) -> None:
        self._body_timer = None
        if not self._in_body or self.transport.is_closing():
            return
        # Another request's body, or one that the application does not take: nothing is known of its pace.
        elsewhere = begun != self._begun or self.flow.read_paused
        if elsewhere or self._body_bytes - before >= _BODY_BYTES:
            self._look_at_body()
        else:
            self._refuse(_TOO_SLOW)

    # The end

    def _stop_waiting(self) -> None:
        self._have_head()
        if self._body_timer is not None:
            self._body_timer.cancel()
            self._body_timer = None

    def send_400_response(self, msg: str) -> None:
        self._refuse(self._refusal or (400, msg))

    def _refuse(self, refusal: _Refusal) -> None:
        """Says why and closes; only closes where that would be in the middle of another answer."""
        self._stop_waiting()
        cycle = self.cycle
        if self._answering() and (self._in_head or cycle.response_started):
            self.transport.abort()
            return
        status, words = refusal
        self.transport.write(
            b"%bcontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b"
            % (STATUS_LINE[status], len(words), words.encode("ascii"))
        )
        self.transport.close()
        if cycle is not None:  # whoever reads this request's body gets the end, and writes behind it no more
            cycle.disconnected = True
            cycle.message_event.set()


def missing_of_uvicorn() -> list[str]:
    """Returns the names of what the installed uvicorn lacks that this subclass builds on."""
    used = (
        "connection_made",
        "connection_lost",
        "data_received",
        "handle_websocket_upgrade",
        "on_body",
        "on_header",
        "on_headers_complete",
        "on_message_begin",
        "on_message_complete",
        "on_response_complete",
        "on_url",
        "send_400_response",
    )
    return [name for name in used if not callable(getattr(HttpToolsProtocol, name, None))]
