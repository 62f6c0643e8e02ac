"""Real Chromium against a real server on the running test's database."""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from livrya.accounts.models import User
from realtime.testing.server import ServerProcess
from tests.commands import running_database_url
from tests.livrya.site.pages.conftest import Library, make_library

T = TypeVar("T")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# Far beyond what a page takes, also on a machine that does other things: a page that hangs is what this is for.
_PATIENCE_MS = 20_000

# What Chromium says of a page that is left before its socket was through: no fault of anybody's.
_LEFT_EARLY = "WebSocket is closed before the connection is established"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))
            item.add_marker(pytest.mark.xdist_group("browser"))


# For this package alone: the loop that Playwright leaves running would be in the way of every async test.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed, and CI must not pass without its browser tests.")
        pytest.skip("NO BROWSER TEST WAS RUN: install Chromium, for example apt-get install chromium.")
    # Playwright keeps an event loop in this thread, and Django would refuse to empty the tables beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def act(service: Callable[..., T], **arguments: Any) -> T:
    """Calls a service in a thread of its own, away from Playwright's event loop."""

    def call() -> T:
        try:
            return service(**arguments)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(call).result()


def session_cookie(person: User) -> str:
    """Returns the cookie of a new sign-in."""
    client = Client()
    client.force_login(person)
    return client.cookies["sessionid"].value


@pytest.fixture
def library(transactional_db: None, quick_passwords: None) -> Library:
    return act(make_library)


@pytest.fixture(scope="package")
def shared_server(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[ServerProcess]:
    """One server for all tests that leave it alone; every test has rooms and people of its own."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django's fixture
        url = running_database_url()
    # As in production, but for HTTPS: the error pages are ours, not Django's.
    environment = {"DATABASE_URL": url, "DEBUG": "false", "HTTPS": "false", "SECRET_KEY": settings.SECRET_KEY}
    with ServerProcess(environment=environment) as server:
        yield server


@dataclass
class Site:
    """The site as people open it; whatever a page complains of, or asks elsewhere, fails the test at its end."""

    server: ServerProcess
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    """Pieces of complaints that belong to the test: a server that is down is complained of."""

    def context(self, person: User | None = None, **options: object) -> BrowserContext:
        """Opens a browser of its own, signed in as `person`."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 900}, **options)  # type: ignore[arg-type]
        context.set_default_timeout(_PATIENCE_MS)
        self.contexts.append(context)
        if person is not None:
            cookie = act(session_cookie, person=person)
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": self.server.http("/")}])
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"uncaught: {error.error}"))
        context.on("request", self._request)
        return context

    def open(self, path: str, person: User | None = None, **options: object) -> Page:
        """Opens a page in a browser of its own and waits until its socket is through."""
        page = self.context(person, **options).new_page()
        return self.go(page, path)

    def go(self, page: Page, path: str) -> Page:
        page.goto(self.server.http(path))
        return page

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and _LEFT_EARLY not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.server.http("/"), "data:", "blob:")):
            self.complaints.append(f"asked elsewhere: {request.url}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        unexpected = [text for text in self.complaints if not any(part in text for part in self.expected)]
        assert unexpected == []


@pytest.fixture
def open_site(chromium: Browser) -> Iterator[Callable[[ServerProcess], Site]]:
    sites: list[Site] = []

    def make(server: ServerProcess) -> Site:
        sites.append(Site(server, chromium))
        return sites[-1]

    yield make
    for one in sites:
        one.close()


@pytest.fixture
def site(shared_server: ServerProcess, open_site: Callable[[ServerProcess], Site], library: Library) -> Site:
    return open_site(shared_server)
