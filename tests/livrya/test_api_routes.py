"""Every route of the API answers every role as the table says; a route that is not in the table fails."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from livrya.accounts.models import User
from tests.books import routes as books
from tests.livrya.accounts import routes as accounts
from tests.livrya.accounts.people import browser, person
from tests.livrya.furnished import furnished
from tests.livrya.routes import ROLES, Route, World
from tests.notifications import routes as notifications
from tests.social import routes as social

# Slow, and about shapes of requests: the services behind them are tested on both databases.
pytestmark = pytest.mark.either_database

APPS = (accounts, notifications, books, social)
TABLE: list[Route] = [route for app in APPS for route in app.ROUTES]
WRITES = [route for route in TABLE if route.method != "get"]
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def world(settings, tmp_path) -> Iterator[World]:
    settings.MEDIA_ROOT = tmp_path
    world = furnished(furnish)
    cache.clear()
    yield world
    cache.clear()


def furnish() -> World:
    """Returns the roles, and what the apps add."""
    world = World(**{role: person(role, is_staff=role == "staff", is_superuser=role == "staff") for role in ROLES[1:]})
    for app in APPS:
        if hasattr(app, "furnish"):
            app.furnish(world)
    return world


def routes() -> Iterator[tuple[str, str]]:
    """Yields (method, name) of everything that the API answers."""
    for prefix, pattern in patterns(get_resolver()):
        if prefix.startswith("api/v1/"):
            view: Any = getattr(pattern.callback, "cls", None) or pattern.callback.view_class
            actions = getattr(pattern.callback, "actions", None)
            for method in actions or [method for method in METHODS if hasattr(view, method)]:
                yield method, pattern.name or f"nameless {prefix}"


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = prefix + re.sub(r"[\^$]", "", str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from patterns(entry, path)
        else:
            yield path, entry


def ask(route: Route, role: str, world: World) -> Any:
    asker: User | None = getattr(world, role, None)
    address = reverse(route.name, kwargs=dict(route.address(world)))
    return getattr(browser(asker), route.method)(address, route.body(world), format=route.format)


def problems(route: Route, role: str, world: World) -> list[str]:
    """Returns what is not as the table says."""
    answer = ask(route, role, world)
    if answer.status_code != route.statuses[role]:
        return [f"{route}: {answer.status_code} in place of {route.statuses[role]}: {answer.content[:300]}"]
    if answer.status_code >= 400 and not {"code", "message", "retryable"} <= set(answer.json()):
        return [f"{route}: an error of another shape: {answer.content[:300]}"]
    return []


def test_every_route_is_in_the_table_and_nothing_else_is() -> None:
    answered, listed = set(routes()), {(route.method, route.name) for route in TABLE}
    assert answered - listed == set(), "answered, but not in the table"
    assert listed - answered == set(), "in the table, but not answered"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_reading_answers_as_the_table_says(role: str, world: World) -> None:
    wrong = [problem for route in TABLE if route.method == "get" for problem in problems(route, role, world)]
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", WRITES, ids=str)
def test_writing_answers_as_the_table_says(route: Route, role: str, world: World) -> None:
    assert problems(route, role, world) == []


@pytest.mark.django_db
@pytest.mark.parametrize("route", WRITES, ids=str)
def test_a_malformed_body_is_never_an_error_of_ours(route: Route, world: World) -> None:
    address = reverse(route.name, kwargs=dict(route.address(world)))
    client = browser(world.author)
    for body in (b"", b"{", b"[]", b"null", b'"\\u0000"', b'{"a": 1e999}', b"\xff"):
        answer = client.generic(route.method.upper(), address, body, "application/json")
        assert answer.status_code < 500, body
