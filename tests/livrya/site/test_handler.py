"""Django behind the doors: how its requests share a process."""

import asyncio
import threading

import pytest
from asgiref.sync import ThreadSensitiveContext
from asgiref.testing import ApplicationCommunicator
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from livrya.site import handler
from livrya.site.handler import BEGIN_AT_ONCE, Handler


async def answer(path: str, host: str) -> int:
    asked = ApplicationCommunicator(
        Handler(),
        {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "path": path,
            "query_string": b"",
            "headers": [(b"host", host.encode())],
        },
    )
    await asked.send_input({"type": "http.request"})
    status: int = (await asked.receive_output(10))["status"]
    await asked.receive_output(10)
    await asked.wait()
    return status


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]", "10.0.0.7", "livrya.example", "un/readable"])
async def test_health_is_told_under_every_host(settings: Settings, path: str, host: str) -> None:
    """Supervisors ask a machine by its address, whatever its site is called."""
    settings.ALLOWED_HOSTS = ["livrya.example"]
    settings.SECURE_SSL_REDIRECT = True
    assert await answer(path, host) == 200
    assert await answer("/", "127.0.0.1") == 400


class Slow(Handler):
    """Each request works until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = 0
        self.goes_on = threading.Event()

    def get_response(self, request: HttpRequest) -> HttpResponse:
        self.begun += 1
        assert self.goes_on.wait(30)
        return HttpResponse()

    async def ask(self, path: str = "/") -> HttpResponse:
        async with ThreadSensitiveContext():
            response: HttpResponse = await self.get_response_async(RequestFactory().get(path))
            return response

    async def until_begun(self, count: int) -> None:
        while self.begun < count:  # noqa: ASYNC110  # counted in threads
            await asyncio.sleep(0.001)


async def test_few_requests_begin_at_once_and_health_waits_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "_YOUNG_SECONDS", 3600.0)
    slow = Slow()
    asked = [asyncio.create_task(slow.ask()) for _ in range(BEGIN_AT_ONCE + 3)]
    await slow.until_begun(BEGIN_AT_ONCE)
    assert (await slow.ask("/healthz")).status_code == 200
    assert slow.begun == BEGIN_AT_ONCE
    slow.goes_on.set()
    await asyncio.gather(*asked)
    assert slow.begun == BEGIN_AT_ONCE + 3


async def test_who_works_long_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "_YOUNG_SECONDS", 0.01)
    slow = Slow()
    asked = [asyncio.create_task(slow.ask()) for _ in range(3 * BEGIN_AT_ONCE)]
    await slow.until_begun(3 * BEGIN_AT_ONCE)
    slow.goes_on.set()
    await asyncio.gather(*asked)


async def test_a_client_that_goes_away_makes_no_room_for_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "_YOUNG_SECONDS", 3600.0)
    slow = Slow()
    asked = [asyncio.create_task(slow.ask()) for _ in range(BEGIN_AT_ONCE)]
    await slow.until_begun(BEGIN_AT_ONCE)
    for task in asked:
        task.cancel()
    other = asyncio.create_task(slow.ask())
    slow.goes_on.set()
    await asyncio.gather(*asked, return_exceptions=True)
    await asyncio.sleep(0.05)
    assert slow.begun == BEGIN_AT_ONCE
    other.cancel()
