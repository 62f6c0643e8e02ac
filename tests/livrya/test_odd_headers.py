"""Headers that nobody means at every address of the site, from the ASGI application on: pages, API, doors, files."""

import asyncio
import json
import logging
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from livrya.asgi import application
from livrya.settings import REALTIME
from realtime.errors import CATALOGUE
from realtime.hub import current_hub
from tests.livrya import odd
from tests.livrya.fuzzing import fuzzing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.either_database]

ADDRESSES = [
    "/",
    "/books/",
    "/books/?q=a&page=1",
    "/sign-in/",
    "/nothing/",
    "/admin/",
    "/healthz",
    "/media/none.webp",
    "/static/mark.svg",
    "/api/v1/books/",
    "/api/v1/books/?limit=1&q=a",
    "/api/v1/me/",
    "/api/v1/nothing/",
    "/api/nothing",
    "/events/?rooms=book:1",
    "/events/",
    "/socket.io/?EIO=4&transport=polling",
    "/socket.io/?EIO=4&transport=websocket",
    "/socket.io/?EIO=4&transport=polling&sid=1",
]
PATIENCE_SECONDS = 30.0


async def ask(address: str, method: str, headers: list[tuple[bytes, bytes]]) -> tuple[int, dict[bytes, bytes], bytes]:
    """Returns status, headers and the beginning of the body."""
    path, _, query = address.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
        "extensions": {},
    }
    inbound: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    inbound.put_nowait({"type": "http.request", "body": b"", "more_body": False})
    seen: list[dict[str, Any]] = []
    enough = asyncio.Event()

    async def send(event: dict[str, Any]) -> None:
        seen.append(event)
        if event["type"] == "http.response.body":
            enough.set()

    task = asyncio.ensure_future(application(scope, inbound.get, send))
    waiting = asyncio.ensure_future(enough.wait())
    await asyncio.wait((task, waiting), timeout=PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    inbound.put_nowait({"type": "http.disconnect"})
    await asyncio.wait((task,), timeout=PATIENCE_SECONDS)
    assert task.done(), address
    assert task.cancelled() or task.exception() is None, address
    body = b"".join(event["body"] for event in seen[1:])
    return seen[0]["status"], dict(seen[0]["headers"]), body


def written(name: str, value: str) -> tuple[bytes, bytes]:
    # No server takes NUL in a header.
    return name.encode(), value.encode("latin-1", "replace").replace(b"\0", b"")


@pytest.mark.parametrize("proxies", [0, 1])
def test_no_header_is_an_error_of_ours_anywhere(proxies: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    unlimited = {"CONNECTION_POINTS_PER_SECOND": 1e9, "CONNECTION_POINTS_BURST": 1e9, "TRUSTED_PROXIES": proxies}
    with override_settings(REALTIME=REALTIME | unlimited), asyncio.Runner() as runner:
        hub = runner.run(current_hub())

        @fuzzing(400)
        @given(st.sampled_from(ADDRESSES), st.sampled_from(["GET", "GET", "POST", "HEAD", "OPTIONS"]), odd.headers())
        def one(address: str, method: str, headers: dict[str, str]) -> None:
            given = [written("host", headers.get("host", "localhost"))]
            given += [written(name, value) for name, value in headers.items() if name != "host"]
            status, found, body = runner.run(ask(address, method, given))
            assert 200 <= status < 500, (address, given)
            if address.startswith("/api/") and status >= 400 and method != "HEAD":
                assert found[b"Content-Type" if b"Content-Type" in found else b"content-type"] == b"application/json"
                assert json.loads(body)["code"] in CATALOGUE

        one()
        runner.run(hub.stop())
    assert [record.getMessage() for record in caplog.records if record.name != "django.security.DisallowedHost"] == []
