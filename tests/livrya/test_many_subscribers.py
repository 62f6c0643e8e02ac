"""A book with many subscribers: publishing is answered at once, everybody is notified, the server serves meanwhile."""

import asyncio

import pytest
from django.db import connections

from books.models import Book, Chapter, Subscription
from livrya.accounts.models import User
from notifications.fan_out import SLICE
from notifications.models import Notification
from realtime.testing.server import ServerProcess
from tests.books import library
from tests.commands import running_database_url
from tests.world import World, heard, make, nothing, opening_at, playing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.live]

SEVERAL_SLICES = 3 * SLICE
CONNECTED = 5


def subscribe_many(book: Book, number: int) -> list[User]:
    """Subscribes so many new people; returns the first and the last few, who are notified first and last."""
    people = User.objects.bulk_create([User(username=f"reader-{index}", password="!") for index in range(number)])
    Subscription.objects.bulk_create([Subscription(user=reader, book=book) for reader in people], batch_size=1000)
    return [*people[:CONNECTED], *people[-CONNECTED:]]


@pytest.mark.parametrize("number", [SEVERAL_SLICES, pytest.param(10_000, marks=pytest.mark.soak)])
async def test_publishing_to_many_subscribers(number: int) -> None:
    made: Chapter = await make(lambda: library.draft(library.book()))
    read = await make(library.chapter, made.book)
    listeners = await make(subscribe_many, made.book, number)
    author = await make(library.author_of, made.book)
    notified = Notification.objects.filter(cause=f"chapter:{made.pk} published")
    server = await asyncio.to_thread(ServerProcess, environment={"DATABASE_URL": running_database_url()})
    try:
        async with playing(World(opening_at(server), nothing)) as world:
            bells = [await world.client(person, "notifications") for person in listeners]
            writer = await world.client(author)
            await writer.tell("chapter:publish", {"chapterId": made.pk})
            at_once = await make(notified.count)
            assert at_once < number, "publishing is answered before everybody was notified"
            answered = 0
            async with asyncio.timeout(120):
                while await make(notified.count) < number:
                    await writer.tell("session:ping")
                    await writer.tell("comment:post", {"chapterId": read.pk, "text": f"Meanwhile {answered}"})
                    answered += 1
                    await asyncio.sleep(0.3)  # as fast as one person may talk
            assert answered, "reads and writes are answered meanwhile"
            for bell in bells:
                await bell.event("notification")
            for bell in bells:
                await bell.tell("session:ping")
                assert len(heard(bell, "notification")) == 1
            assert await make(lambda: notified.values("recipient").distinct().count()) == number
            assert "Traceback" not in server.output
    finally:
        await asyncio.to_thread(server.stop)
        await make(connections.close_all)
