"""Chromium's EventSource: what is temporary never ends it, and half an emoji ends nobody's connection."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

import realtime
from realtime.identity import Identity
from realtime.sessions import tickets
from realtime.testing.server import ServerProcess, free_port
from tests.browser.conftest import Site, act
from tests.browser.test_live import someone_is_here
from tests.commands import running_database_url
from tests.livrya.site.pages.conftest import Library
from tests.realtime.app.events import HallRoom, Said
from tests.realtime.app.weather import FILE, Weather

PATH = "/books/the-lamp-room/1/"

LISTEN = """() => {
  window.heard = [];
  window.source = new EventSource("/events/?rooms=hall:1");
  for (const name of ["session:ready", "bye"]) {
    window.source.addEventListener(name, (event) => window.heard.push([name, JSON.parse(event.data).payload]));
  }
}"""

LISTEN_BY_TICKET = """(ticket) => {
  window.heard = [];
  window.source = new EventSource("/events/?rooms=hall:1&ticket=" + ticket);
  for (const name of ["session:ready", "hall:said", "bye"]) {
    window.source.addEventListener(name, (event) => window.heard.push([name, JSON.parse(event.data).payload]));
  }
}"""


@pytest.fixture
def weather(tmp_path: Path) -> Weather:
    return Weather(tmp_path / "weather")


@pytest.fixture
def start(weather: Weather, transactional_db: None) -> Iterator[Callable[..., ServerProcess]]:
    """Starts servers of the halls; at the end they are ended."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "tests.realtime.settings",
        "DATABASE_URL": running_database_url(),
        "DEBUG": "false",
        "HTTPS": "false",
        "SECRET_KEY": settings.SECRET_KEY,
        "HALLS_REALTIME": json.dumps({"CONNECTIONS_PER_USER": 1, "RETRY_AFTER_MS": [100, 200]}),
        FILE: str(weather.path),
    }
    with ExitStack() as stack:
        yield lambda port=None: stack.enter_context(ServerProcess(port=port, environment=environment))


def listen(site: Site, person: int) -> Page:
    context = site.context()
    # For streams alone: a page would take away a session that the site does not know, and so would its icon.
    address = {"domain": "127.0.0.1", "path": "/events/"}
    context.add_cookies([{"name": "sessionid", "value": str(person), **address}])
    page = site.go(context.new_page(), "/healthz")
    page.evaluate(LISTEN)
    return page


def hears(page: Page, name: str, after: int = 0) -> Any:
    """Waits for an event from number `after` on; returns its payload."""
    page.wait_for_function(
        "([name, after]) => heard.slice(after).some(([one]) => one === name)", arg=[name, after], timeout=30_000
    )
    return page.evaluate("([name, after]) => heard.slice(after).find(([one]) => one === name)[1]", [name, after])


@pytest.mark.parametrize("cause", ["database", "rate", "defect"])
def test_event_source_gets_in_when_it_is_over(
    start: Callable[..., ServerProcess], open_site: Callable[[ServerProcess], Site], weather: Weather, cause: str
) -> None:
    site = open_site(start())
    weather.turn(cause)
    page = listen(site, 7)
    assert hears(page, "bye")["retryAfter"] > 0
    hears(page, "bye", after=1)  # it has come back, and again
    weather.clear()
    assert hears(page, "session:ready")["userId"] == 7
    assert page.evaluate("source.readyState") == 1


def test_event_source_waits_for_a_seat(
    start: Callable[..., ServerProcess], open_site: Callable[[ServerProcess], Site]
) -> None:
    site = open_site(start())
    sitting = listen(site, 8)
    hears(sitting, "session:ready")
    page = listen(site, 8)
    assert hears(page, "bye")["code"] == 4429
    assert page.evaluate("source.readyState") == 0  # waiting, not closed
    sitting.evaluate("source.close()")
    hears(page, "session:ready")


def test_event_source_comes_back_when_the_server_does(
    start: Callable[..., ServerProcess], open_site: Callable[[ServerProcess], Site]
) -> None:
    port = free_port()
    server = start(port)
    site = open_site(server)
    site.expected = ["ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING"]
    page = listen(site, 9)
    hears(page, "session:ready")
    server.terminate()
    assert hears(page, "bye")["code"] == 1012
    server.wait()
    start(port)
    hears(page, "session:ready", after=2)


def say(text: str) -> None:
    with realtime.atomic():
        realtime.emit(HallRoom(1), Said(text=text))


def test_a_tickets_stream_that_is_cut_comes_back_by_its_cookie_with_what_it_missed(
    start: Callable[..., ServerProcess], open_site: Callable[[ServerProcess], Site]
) -> None:
    port = free_port()
    server = start(port)
    site = open_site(server)
    site.expected = ["ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_RESET"]
    ticket = act(tickets.issue_ticket, identity=Identity(7, "guest7", credential="jwt:7"))
    page = site.go(site.context().new_page(), "/healthz")
    page.evaluate(LISTEN_BY_TICKET, ticket)
    assert hears(page, "session:ready")["userId"] == 7
    act(say, text="before")
    assert hears(page, "hall:said") == {"text": "before"}
    server.process.kill()
    server.wait()
    for text in ("meanwhile", "and again"):
        act(say, text=text)
    start(port)
    page.wait_for_function("heard.filter(([name]) => name === 'session:ready').length === 2", timeout=30_000)
    act(say, text="behind")
    page.wait_for_function("heard.some(([, payload]) => payload.text === 'behind')", timeout=30_000)
    found = page.evaluate("heard.filter(([name]) => name === 'hall:said').map(([, payload]) => payload.text)")
    assert found == ["before", "meanwhile", "and again", "behind"]
    who = page.evaluate("heard.filter(([name]) => name === 'session:ready').map(([, payload]) => payload.userId)")
    assert who == [7, 7]


def test_half_an_emoji_blocks_no_later_comment(site: Site, library: Library) -> None:
    tom = site.open(PATH, library.reader)
    someone_is_here(tom, 1)
    field = tom.get_by_label("Your comment")
    field.evaluate("(field) => { field.value = 'What a day \\u{1F642}'.slice(0, -1); }")
    field.dispatch_event("input")
    tom.get_by_role("button", name="Comment", exact=True).click()
    expect(tom.locator(".comment__text", has_text="What a day").first).to_be_visible()
    field.fill("And another.")
    tom.get_by_role("button", name="Comment", exact=True).click()
    expect(tom.locator(".comment__text", has_text="And another.")).to_be_visible()
    expect(tom.locator("[data-unsent]")).to_have_count(0)
