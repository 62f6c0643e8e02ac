"""Asks for things as whoever may not see them, and compares what they get with what a number gets that nothing has."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.cache import cache
from django.db import transaction
from rest_framework.test import APIClient

from tests.livrya import sight
from tests.livrya.accounts.people import browser, person
from tests.livrya.routes import ROLES, World
from tests.livrya.sight import ALL_BUT_FRIENDS, CASTS, Thing, somebody
from tests.livrya.test_api_routes import APPS

STAFF_MANAGE = {
    "patch api-group",
    "delete api-group",
    "delete api-message",
    "room:update",
    "room:delete",
    "message:delete",
}
"""Where staff find what is otherwise for its people: groups to be managed, messages to be removed."""


def build(world: World) -> list[Thing]:
    world.browsers = {}
    for role in ROLES[1:]:
        setattr(world, role, person(role, is_staff=role == "staff", is_superuser=role == "staff"))
    for app in APPS:
        if hasattr(app, "furnish"):
            app.furnish(world)
    return sight.furnish(world)


def plain(text: str, address: str) -> str:
    """Returns an answer without what differs between any two: what was asked for, and tokens of forms."""
    return re.sub(r'"csrf": "\w+"|name="csrfmiddlewaretoken" value="\w+"', "", text).replace(address, "#")


def undone(ask: Callable[[], Any]) -> Any:
    """Asks, and takes back whatever that has changed."""
    cache.clear()
    before = transaction.savepoint()
    try:
        return ask()
    finally:
        transaction.savepoint_rollback(before)


def knocking(world: World, who: str) -> APIClient:
    """Returns the person's browser, signed in once."""
    if who not in world.browsers:
        world.browsers[who] = browser(somebody(world, who))
    return world.browsers[who]  # type: ignore[no-any-return]  # a namespace


Asking = Callable[[World, str, Mapping[str, Any]], tuple[int, str]]


def walk(name: str, things: list[Thing], ask: Asking, world: World) -> Iterator[str]:
    """Yields what tells a thing apart from nothing for somebody who may not see it, and rows that prove nothing."""
    of_nothing: dict[tuple[str, str], tuple[int, str]] = {}
    differs = not any(thing.seen_by for thing in things)
    for thing in things:
        for who in CASTS.get(thing.kind, ALL_BUT_FRIENDS):
            sees = who in thing.seen_by or (who == "staff" and name in STAFF_MANAGE)
            if sees and differs:
                continue
            key = (who, repr(thing.nothing))
            if key not in of_nothing:
                of_nothing[key] = ask(world, who, thing.nothing)
            got, nothing = ask(world, who, thing.keys), of_nothing[key]
            differs |= sees and got != nothing
            if not sees and got != nothing:
                yield f"{name}: {thing} for {who}: {apart(got, nothing)}"
    if not differs:
        yield f"{name}: nobody is answered otherwise than for nothing"


def apart(got: tuple[int, str], nothing: tuple[int, str]) -> str:
    """Returns where two answers part."""
    at = next((at for at, (a, b) in enumerate(zip(got[1], nothing[1], strict=False)) if a != b), 0)
    shown = [" ".join(text[max(0, at - 40) : at + 120].split()) for text in (got[1], nothing[1])]
    return f"{got[0]} …{shown[0]}… in place of {nothing[0]} …{shown[1]}…"


def number_of(kind: str, keys: Mapping[str, Any]) -> int:
    return int(keys[{"person": "user_id", "link": "invitation_id"}.get(kind, f"{kind}_id")])
