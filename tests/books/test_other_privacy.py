"""A book or chapter that opens or closes: who is there already is counted and named as whoever comes now."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from books.services.books import hide_book, restore_book, update_book
from books.services.releases import publish_chapter, unpublish_chapter
from livrya.accounts.models import User
from livrya.accounts.services import people
from realtime.testing.client import JsonClient
from tests.books.library import book, chapter, draft, worker_on
from tests.livrya.accounts.doors import Enter, enter, hub, in_thread

__all__ = ["enter", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


def hiding(person: User) -> User:
    return people.set_privacy(actor=person, user=person, hide_reading=True)


async def counts(client: JsonClient, room: str) -> tuple[int, int]:
    listed = await client.tell("presence:list", {"room": room})
    return listed["userCount"], listed["guestCount"]


async def become(client: JsonClient, room: str, wanted: tuple[int, int]) -> None:
    """Waits until so many people and guests are there."""
    async with asyncio.timeout(30):
        while await counts(client, room) != wanted:  # noqa: ASYNC110  # as often as one may ask
            await asyncio.sleep(0.1)


Change = Callable[[Any], Any]
CHANGES: list[tuple[str, Change, Change]] = [
    (
        "private",
        lambda made: update_book(actor=None, book_id=made.pk, visibility="public"),
        lambda made: update_book(actor=None, book_id=made.pk, visibility="private"),
    ),
    (
        "hidden",
        lambda made: restore_book(actor=None, book_id=made.pk),
        lambda made: hide_book(actor=None, book_id=made.pk),
    ),
]


@pytest.mark.parametrize(
    ("state", "opens", "closes"), CHANGES, ids=lambda value: value if isinstance(value, str) else ""
)
async def test_who_hides_becomes_a_guest_where_a_book_opens_and_nobody_where_it_closes(
    enter: Enter, state: str, opens: Change, closes: Change
) -> None:
    def scene() -> Any:
        made = book(visibility="private" if state == "private" else "public")
        out = chapter(made)
        worker, hidden = worker_on(made), hiding(worker_on(made))
        if state == "hidden":
            closes(made)
        return made, out, worker, hidden

    made, out, worker, hidden = await in_thread(scene)()
    for command, room, asked in (
        ("book:join", f"book:{made.pk}", {"bookId": made.pk}),
        ("chapter:join", f"chapter:{out.pk}", {"chapterId": out.pk}),
    ):
        of_worker, of_hidden = await enter(worker), await enter(hidden)
        await of_worker.tell(command, asked)
        await of_hidden.tell(command, asked)
        assert await counts(of_worker, room) == (1, 0)
        await in_thread(opens)(made)
        await become(of_worker, room, (1, 1))
        await in_thread(closes)(made)
        await become(of_worker, room, (1, 0))
        await of_worker.close()
        await of_hidden.close()


async def test_so_do_those_who_were_in_a_chapter_before_it_came_out(enter: Enter) -> None:
    def scene() -> Any:
        made = book()
        return draft(made), worker_on(made), hiding(worker_on(made))

    sketch, worker, hidden = await in_thread(scene)()
    room, asked = f"chapter:{sketch.pk}", {"chapterId": sketch.pk}
    of_worker, of_hidden = await enter(worker), await enter(hidden)
    await of_worker.tell("chapter:join", asked)
    await of_hidden.tell("chapter:join", asked)
    assert await counts(of_worker, room) == (1, 0)
    await in_thread(publish_chapter)(actor=None, chapter_id=sketch.pk)
    await become(of_worker, room, (1, 1))
    await in_thread(unpublish_chapter)(actor=None, chapter_id=sketch.pk)
    await become(of_worker, room, (1, 0))
