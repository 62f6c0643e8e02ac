"""Who reads and who types, as the clients of a chapter see it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from livrya.accounts.models import User
from livrya.accounts.services import tokens
from livrya.accounts.services.people import set_privacy
from realtime.hub import Hub, current_hub
from realtime.people.part import people_here
from realtime.routing import websocket_application
from realtime.testing.client import JsonClient
from realtime.testing.clock import FakeClock
from tests.books import library

pytestmark = pytest.mark.django_db(transaction=True)

Connect = Callable[..., Awaitable[JsonClient]]


@pytest.fixture
async def hub(transactional_db: None) -> AsyncIterator[Hub]:
    running = await current_hub()
    # Time stands still, so that what ends ends for the reason that the test names.
    people_here().typing._clock = FakeClock()
    yield running
    await running.stop()
    await sync_to_async(connections.close_all)()  # those of the thread in which things were made


@pytest.fixture
async def connect(hub: Hub) -> AsyncIterator[Connect]:
    clients: list[JsonClient] = []

    async def open_client(person: User | None = None, namespace: str = "/books") -> JsonClient:
        token = (await sync_to_async(tokens.issue)(user=person)).access if person else None
        client = await JsonClient.in_process(websocket_application, f"/ws{namespace}/", token=token)
        clients.append(client)
        return client

    yield open_client
    for client in clients:
        await client.close()


made = sync_to_async


async def typing_seen(client: JsonClient, kind: str = "commenting") -> dict[str, Any]:
    event = await client.event("editors:typing")
    assert event["payload"]["kind"] == kind
    payload: dict[str, Any] = event["payload"]
    return payload


async def test_the_others_in_a_chapter_see_who_comments_and_that_the_comment_ends_it(connect: Connect) -> None:
    chapter = await made(lambda: library.chapter(library.book()))()
    writer, reader = await made(library.somebody)(), await connect()
    typist = await connect(writer)
    for client in (reader, typist):
        await client.tell("chapter:join", {"chapterId": chapter.pk})
    await typist.tell("text:typing", {"chapterId": chapter.pk, "kind": "commenting", "position": 4})
    seen = await typing_seen(reader)
    assert seen["chapterId"] == chapter.pk
    assert seen["typing"] == [
        {"userId": writer.pk, "username": writer.username, "displayName": writer.username, "position": None}
    ]
    await typist.tell("comment:post", {"chapterId": chapter.pk, "text": "Ahoy"})
    assert (await typing_seen(reader))["typing"] == []
    assert [
        frame for frame in typist.frames if frame.get("type") == "editors:typing" and frame["payload"]["typing"]
    ] == []


async def test_stopping_and_leaving_end_it(connect: Connect) -> None:
    chapter = await made(lambda: library.chapter(library.book()))()
    reader, typist = await connect(), await connect(await made(library.somebody)())
    for client in (reader, typist):
        await client.tell("chapter:join", {"chapterId": chapter.pk})
    for command in ("text:stopTyping", "chapter:leave"):
        await typist.tell("text:typing", {"chapterId": chapter.pk})
        assert len((await typing_seen(reader))["typing"]) == 1
        await typist.tell(command, {"chapterId": chapter.pk})
        assert (await typing_seen(reader))["typing"] == []


async def test_a_draft_shows_carets_to_the_other_editors_and_to_who_comes_later(connect: Connect) -> None:
    book = await made(library.book)()
    draft = await made(library.draft)(book)
    author, editor = await made(library.author_of)(book), await made(library.worker_on)(book)
    first, second = await connect(author), await connect(editor)
    await first.tell("draft:join", {"chapterId": draft.pk})
    await first.tell("text:typing", {"chapterId": draft.pk, "position": 17})
    joined = await second.tell("draft:join", {"chapterId": draft.pk})
    caret = {"userId": author.pk, "username": author.username, "displayName": author.username, "position": 17}
    assert joined["typing"]["writing"]["typing"] == [caret]
    await second.tell("text:typing", {"chapterId": draft.pk, "position": 3})
    seen = await typing_seen(first, "writing")
    assert [(person["userId"], person["position"]) for person in seen["typing"]] == [(editor.pk, 3)]


async def test_typing_needs_the_room_and_a_person(connect: Connect) -> None:
    chapter = await made(lambda: library.chapter(library.book()))()
    outside, nobody = await connect(await made(library.somebody)()), await connect()
    await nobody.tell("chapter:join", {"chapterId": chapter.pk})
    refused = await outside.ask("text:typing", {"chapterId": chapter.pk})
    assert refused["error"]["code"] == "NOT_JOINED"
    refused = await nobody.ask("text:typing", {"chapterId": chapter.pk})
    assert refused["error"]["code"] == "UNAUTHENTICATED"


async def test_who_hides_typing_is_not_seen_typing(connect: Connect) -> None:
    chapter = await made(lambda: library.chapter(library.book()))()
    shy, open_person = await made(library.somebody)(hide_typing=True), await made(library.somebody)()
    reader, hidden, shown = await connect(), await connect(shy), await connect(open_person)
    for client in (reader, hidden, shown):
        await client.tell("chapter:join", {"chapterId": chapter.pk})
    await hidden.tell("text:typing", {"chapterId": chapter.pk})
    await shown.tell("text:typing", {"chapterId": chapter.pk})
    assert [person["userId"] for person in (await typing_seen(reader))["typing"]] == [open_person.pk]


@pytest.mark.parametrize("switch", ["hide_online", "hide_reading"])
async def test_who_hides_their_reading_is_a_guest(connect: Connect, switch: str) -> None:
    book = await made(library.book)()
    shy = await connect(await made(library.somebody)(**{switch: True}))
    await shy.tell("book:join", {"bookId": book.pk})
    reader = await connect(await made(library.somebody)())
    joined = await reader.tell("book:join", {"bookId": book.pk})
    assert (joined["userCount"], joined["guestCount"]) == (1, 1)
    assert len(joined["users"]) == 1


async def test_readers_are_counted_for_anybody_who_may_see_the_book(connect: Connect) -> None:
    book = await made(library.book)()
    reader, asking = await connect(await made(library.somebody)()), await connect()
    await reader.tell("book:join", {"bookId": book.pk})
    assert await asking.tell("get:readerCount", {"bookId": book.pk}) == {"count": 1, "guestCount": 0}
    private = await made(library.book)(visibility="private")
    refused = await asking.ask("get:readerCount", {"bookId": private.pk})
    assert refused["error"]["code"] == "NOT_FOUND"


async def test_beginning_to_hide_takes_effect_in_open_sessions(connect: Connect) -> None:
    book = await made(library.book)()
    shy = await made(library.somebody)()
    watcher, hiding = await connect(), await connect(shy)
    for client in (watcher, hiding):
        await client.tell("book:join", {"bookId": book.pk})
    await watcher.event("user:joined")
    await made(set_privacy)(actor=shy, user=shy, hide_online=True)
    assert (await watcher.event("user:left"))["payload"]["userId"] == shy.pk
    listed = await watcher.tell("presence:list", {"room": f"book:{book.pk}"})
    assert (listed["userCount"], listed["guestCount"], listed["users"]) == (0, 2, [])
