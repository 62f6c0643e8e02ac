"""Publishing, commenting, announcing: whichever way it is done, the same rooms hear the same, once, in the same order.

The reader who listens subscribes to the book and follows its author, and has written the comment that is answered.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.dispatch import Signal
from django.test import Client
from django.urls import reverse

from books.services.chapters import lock_comments
from notifications.models import Notification
from realtime.errors import Unavailable
from realtime.models import Event
from tests.books.library import run_jobs
from tests.livrya.accounts.doors import Enter, enter, hub, in_thread
from tests.livrya.ways import ANNOUNCE, TABLE, Act, Deed, Scene, publish_by_worker, set_scene

__all__ = ["enter", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)

WAYS = [
    pytest.param(deed, act, id=f"{deed.name} by {way}", marks=[pytest.mark.live] if way == "worker" else [])
    for deed, ways in TABLE.items()
    for way, act in ways.items()
    if not isinstance(act, str)
]


async def carry_out(act: Act, scene: Scene) -> None:
    result: Awaitable[None] | None = act(scene) if act.__name__.endswith("socket") else in_thread(act)(scene)
    await result  # type: ignore[misc]


def log(scene: Scene, after: int) -> list[tuple[str, str]]:
    """Returns (room, type) of what the log has beyond `after`, but for words to one person's other devices."""
    events = Event.objects.filter(pk__gt=after).exclude(type__startswith="realtime:").order_by("pk")
    found = list(events.values_list("room", "type"))
    return [(room, kind) for room, kind in found if not room.startswith("user:")]


def last_event() -> int:
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@contextmanager
def heard(fact: Signal, receive: Callable[..., None]) -> Iterator[None]:
    fact.connect(receive)
    try:
        yield
    finally:
        fact.disconnect(receive)


@pytest.mark.parametrize(("deed", "act"), WAYS)
async def test_the_same_is_heard_whichever_way_it_is_done(deed: Deed, act: Act, enter: Enter) -> None:
    scene = await in_thread(set_scene)(enter)
    client = await enter(scene.reader, "/")
    await client.tell("chapter:join", {"chapterId": scene.out.pk})
    before, facts = await in_thread(last_event)(), []

    def note(**_: Any) -> None:
        facts.append(deed.name)

    with heard(deed.fact, note):
        await carry_out(act, scene)
        await in_thread(run_jobs)()
    found = deed.events(scene)
    assert await in_thread(log)(scene, before) == found
    # The worker declares it in its own process.
    assert facts == ([] if act is publish_by_worker else [deed.name])
    expected = [(room, kind) for room, kind in found if room != f"notifications:{scene.author.pk}"]
    for room, kind in expected:
        await client.wait(
            lambda frame, at=room, of=kind: (frame.get("room"), frame.get("type")) == (at, of), anywhere=True
        )
    kinds = {kind for _, kind in found}
    seen = [(frame["room"], frame["type"]) for frame in client.events() if frame["type"] in kinds]
    assert sorted(seen) == sorted(expected)
    about = Notification.objects.filter(recipient=scene.reader).count
    assert await in_thread(about)() == (0 if deed is ANNOUNCE else 1)


@pytest.mark.parametrize(("deed", "act"), [way for way in WAYS if way.values[1] is not publish_by_worker])
async def test_nothing_is_heard_of_what_is_rolled_back(deed: Deed, act: Act, enter: Enter) -> None:
    scene = await in_thread(set_scene)(enter)
    client = await enter(scene.reader, "/")
    await client.tell("chapter:join", {"chapterId": scene.out.pk})
    before = await in_thread(last_event)()

    def fail(**_: Any) -> None:
        raise Unavailable

    with heard(deed.fact, fail):
        with suppress(Unavailable):
            await carry_out(act, scene)
        await in_thread(run_jobs)()
    assert not await in_thread(deed.is_done)(scene)
    expected = {kind for _, kind in deed.events(scene)}
    assert not [row for row in await in_thread(log)(scene, before) if row[1] in expected]
    # What had been sent would stand before this.
    await in_thread(lock_comments)(actor=None, chapter_id=scene.out.pk, locked=True)
    await client.event("chapter:commentsLocked")
    assert not [frame for frame in client.events() if frame["type"] in expected]


def test_every_way_is_in_the_table_or_says_why_it_is_not() -> None:
    ways = {"socket", "api", "page", "admin", "command", "schedule", "worker"}
    assert all(set(row) == ways for row in TABLE.values())


def test_staff_write_no_comment(admin_client: Client) -> None:
    assert admin_client.get(reverse("admin:books_comment_add")).status_code == 403
