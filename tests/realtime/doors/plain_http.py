"""One HTTP request straight into the doors beside the JSON one."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from channels.routing import URLRouter

from realtime.routing import http_urlpatterns

_APPLICATION = URLRouter(http_urlpatterns)
_PATIENCE_SECONDS = 30.0


@dataclass
class Answered:
    """What came; `headers` by lower-case name, the last of each."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def cookie(self) -> str:
        """What a browser sends back of the cookies that were set."""
        return self.headers.get("set-cookie", "").partition(";")[0]


async def ask(
    address: str,
    body: bytes | None = None,
    *,
    method: str = "",
    headers: dict[str, str] | None = None,
    until: bytes | None = None,
    client: str = "127.0.0.1",
) -> Answered:
    """Returns the whole answer; of one that goes on, what came `until` it held these bytes."""
    path, _, query = address.partition("?")
    scope = {
        "type": "http",
        "method": method or ("GET" if body is None else "POST"),
        "scheme": "http",
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in (headers or {}).items()],
        "client": (client, 1),
    }
    inbound: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    inbound.put_nowait({"type": "http.request", "body": body or b"", "more_body": False})
    answered, enough = Answered(), asyncio.Event()

    async def send(event: dict[str, Any]) -> None:
        if event["type"] == "http.response.start":
            answered.status = event["status"]
            answered.headers = {name.decode("latin-1").lower(): value.decode() for name, value in event["headers"]}
        else:
            answered.body += event["body"]
            if not event.get("more_body") or (until is not None and until in answered.body):
                enough.set()

    task = asyncio.create_task(_APPLICATION(scope, inbound.get, send))
    waiting = asyncio.create_task(enough.wait())
    await asyncio.wait((task, waiting), timeout=_PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    inbound.put_nowait({"type": "http.disconnect"})
    waiting.cancel()
    await task
    return answered
