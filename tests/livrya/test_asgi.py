"""The application as a server loads it."""

import json
import os
import subprocess
import sys

import pytest

from tests.commands import ROOT

pytestmark = pytest.mark.either_database

_ASKS = """
import asyncio, json, sys
from livrya.asgi import application

before = set(sys.modules)
answered, asked = [], [{"type": "http.request", "body": b""}]

async def receive():
    return asked.pop() if asked else await asyncio.Event().wait()

async def send(message):
    answered.append(message)

scope = {
    "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": "GET",
    "path": "/no/such/page", "raw_path": b"/no/such/page", "root_path": "", "query_string": b"",
    "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
}
asyncio.run(application(scope, receive, send))
print(json.dumps([answered[0]["status"], sorted(set(sys.modules) - before)]))
"""


def test_a_first_request_imports_no_module_of_views() -> None:
    """It would hold everybody else of the process meanwhile."""
    ran = subprocess.run([sys.executable, "-c", _ASKS], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    status, imported = json.loads(ran.stdout)
    assert status == 404
    ours = ("livrya", "realtime", "books", "social", "notifications", "rest_framework", "drf_spectacular")
    assert not [name for name in imported if name.startswith(ours)]


_IN_PRODUCTION = """
import asyncio, json, sys
from livrya.asgi import application

async def status(proto):
    answered, asked = [], [{"type": "http.request", "body": b""}]

    async def receive():
        return asked.pop() if asked else await asyncio.Event().wait()

    async def send(message):
        answered.append(message)

    await application({
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": "GET",
        "path": "/sign-in/", "raw_path": b"/sign-in/", "root_path": "", "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"x-forwarded-for", b"192.0.2.1"), (b"x-forwarded-proto", proto)],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }, receive, send)
    return answered[0]["status"]

async def both():
    return [await status(b"http"), await status(b"https")]

print(json.dumps(asyncio.run(both())))
"""


def test_in_production_a_page_behind_a_proxy_wants_https() -> None:
    production = {"DEBUG": "false", "SECRET_KEY": "k" * 60, "HTTPS": "true", "TRUSTED_PROXIES": "1"}
    ran = subprocess.run(
        [sys.executable, "-c", _IN_PRODUCTION],
        cwd=ROOT,
        env=os.environ | production,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == [301, 200]
