"""The cast on a real server, watched by somebody who only looks on."""

import asyncio
import time

import pytest
from channels.db import database_sync_to_async
from django.db import connection

from books.models import Book, Chapter
from livrya.accounts.models import User
from livrya.accounts.services import tokens
from livrya.site.demo.cast.play import play, socket_address
from livrya.site.demo.cast.stage import Stage
from livrya.site.demo.data import people
from realtime.testing.client import JsonClient
from tests.commands import CommandProcess
from tests.livrya.servers import serving
from tests.livrya.site.demo.library import library

__all__ = ["library"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.live, pytest.mark.either_database]


@pytest.fixture(autouse=True)
def let_others_connect():
    yield
    connection.close()


@pytest.fixture
def server(library):
    with serving() as address:
        yield address


async def open_what_appears(guest: JsonClient) -> None:
    """Goes into each new chapter, where the cast goes too: they leave the older ones behind."""
    while True:
        appeared = await guest.wait(lambda frame: frame.get("type") == "chapter:available", within=180)
        await guest.ask("chapter:join", {"chapterId": appeared["payload"]["chapterId"]})


async def watch(address: str, book: Book, stage: Stage) -> None:
    """Lets the cast play until a guest on the book's page and in its newest chapters has heard everything."""
    guest = await JsonClient.over_socket(address)
    async with guest:
        await guest.ready()
        await guest.tell("book:join", {"bookId": book.pk})
        await guest.tell("chapter:join", {"chapterId": stage.to_discuss[-1]})
        acting = asyncio.create_task(play(stage, seconds=180))
        following = asyncio.create_task(open_what_appears(guest))
        for kind in ("user:joined", "editors:typing", "comment:new", "chapter:available", "user:left"):
            came = guest.wait(lambda frame, kind=kind: frame.get("type") == kind, anywhere=True, within=60)
            heard = asyncio.create_task(came)
            await asyncio.wait({acting, heard}, return_when=asyncio.FIRST_COMPLETED)
            assert not acting.done(), acting
            await heard
        for task in (acting, following):
            task.cancel()
        await asyncio.gather(acting, following, return_exceptions=True)


async def listen(address: str, stage: Stage) -> None:
    """Lets the cast play until somebody in a group has heard them type and talk."""
    [(group_id, _), *_] = stage.circles.items()
    member = await database_sync_to_async(lambda: tokens.issue(user=User.objects.get(username="ines")).access)()
    async with await JsonClient.over_socket(f"{address}social/", token=member) as guest:
        await guest.ready()
        await guest.tell("room:join", {"roomId": group_id})
        acting = asyncio.create_task(play(stage, seconds=180))
        for kind in ("typing:changed", "message:new", "room:members"):
            await guest.wait(lambda frame, kind=kind: frame.get("type") == kind, anywhere=True, within=60)
        acting.cancel()
        await asyncio.gather(acting, return_exceptions=True)


def test_somebody_in_a_group_hears_the_cast_talk(library, server):
    for person in people():
        User.objects.get_or_create(username=person.username)
    stage = Stage.set_up(socket_address(server), print, haste=6)
    assert len(stage.circles) == 2
    asyncio.run(listen(stage.address, stage))


def test_a_guest_sees_people_come_type_comment_publish_and_go(library, server):
    said: list[str] = []
    stage = Stage.set_up(socket_address(server), said.append, haste=4)
    before = Chapter.objects.filter(state="published").count()

    asyncio.run(watch(stage.address, library, stage))

    assert Chapter.objects.filter(state="published").count() > before
    assert any("publishes" in sentence for sentence in said)


def test_the_play_ends_by_itself_and_with_ctrl_c_leaving_nothing_behind(library, server):
    with CommandProcess("demo", "--cast", "--url", server, "--seconds", "1") as short:
        assert short.exit_code(60) == 0, short.output
        assert "The play is over" in short.output
    with CommandProcess("demo", "--cast", "--url", server) as long:
        deadline = time.monotonic() + 60
        while "arrives" not in long.output:
            assert time.monotonic() < deadline, long.output
            time.sleep(0.05)
        long.interrupt()
        assert long.exit_code(30) == 0, long.output
        assert "The cast goes home" in long.output
        assert "Traceback" not in long.output
