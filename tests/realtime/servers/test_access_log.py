"""`serve --access-log` writes a line for each request: whose it was, and nothing that lets somebody in."""

import asyncio
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from pytest_django import DjangoDbBlocker

from realtime.testing.server import ServerProcess
from tests.realtime.halls import server_environment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.either_database, pytest.mark.live]


@pytest.mark.parametrize("asked", [True, False])
async def test_each_request_is_a_line_when_asked_for(asked: bool, django_db_blocker: DjangoDbBlocker) -> None:
    def get(server: ServerProcess, path: str) -> None:
        request = Request(server.http(path), headers={"X-Forwarded-For": "192.0.2.7"})
        try:
            with urlopen(request, timeout=10) as answer:  # our own
                answer.read()
        except HTTPError as error:
            error.close()

    arguments = ["--access-log"] if asked else []
    environment = server_environment(TRUSTED_PROXIES="1")
    with ServerProcess(arguments=arguments, environment=environment) as server:
        await asyncio.to_thread(get, server, "/healthz?a=1&ticket=spent-1")
        await asyncio.to_thread(get, server, "/socket.io/?EIO=4&transport=polling&sid=session-1")
        lines = [line for line in server.output.splitlines() if "uvicorn.access" in line and "192.0.2.7" in line]
        assert "spent-1" not in server.output
        assert "session-1" not in server.output
    if asked:
        assert len(lines) == 2
        assert '"GET /healthz?a=1&ticket=… HTTP/1.1" 200' in lines[0]
    else:
        assert not lines
