"""The application as a server loads it."""

import json
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
