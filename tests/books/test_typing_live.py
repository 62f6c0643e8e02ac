"""Typing in a chapter over two real server processes on one Valkey."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from livrya.accounts.services import tokens
from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess
from tests.books import library
from tests.commands import running_database_url
from tests.services import Valkey

pytestmark = [pytest.mark.live, pytest.mark.either_database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def servers(transactional_db: None) -> Iterator[list[ServerProcess]]:
    valkey = Valkey()
    environment = {"DATABASE_URL": running_database_url(), "REDIS_URL": valkey.url}
    with ThreadPoolExecutor(2) as starters:
        started = list(starters.map(lambda _: ServerProcess(environment=environment), range(2)))
    yield started
    for server in started:
        server.stop()
    valkey.stop()


async def test_typing_crosses_processes_ends_by_itself_and_never_shows_oneself(servers: list[ServerProcess]) -> None:
    chapter = await sync_to_async(lambda: library.chapter(library.book()))()
    people = [await sync_to_async(library.somebody)() for _ in range(2)]
    access = [(await sync_to_async(tokens.issue)(user=person)).access for person in people]
    wanted = {"chapterId": chapter.pk}
    async with AsyncExitStack() as stack:
        first, second = [
            await stack.enter_async_context(await JsonClient.over_socket(server.ws("books"), token=token))
            for server, token in zip(servers, access, strict=True)
        ]
        for client in (first, second):
            await client.tell("chapter:join", wanted)
        await first.tell("text:typing", wanted)
        seen = (await second.event("editors:typing"))["payload"]["typing"]
        assert [person["userId"] for person in seen] == [people[0].pk]
        late = await stack.enter_async_context(await JsonClient.over_socket(servers[1].ws("books")))
        joined = await late.tell("chapter:join", wanted)
        assert [person["userId"] for person in joined["typing"]["commenting"]["typing"]] == [people[0].pk]
        await second.tell("text:typing", wanted)
        seen = (await first.event("editors:typing"))["payload"]["typing"]
        assert [person["userId"] for person in seen] == [people[1].pk]
        # Nobody says that they stopped.
        for client in (first, second, late):
            await client.wait(lambda frame: frame.get("type") == "editors:typing" and not frame["payload"]["typing"])
        for client, person in ((first, people[0]), (second, people[1])):
            lists = [frame["payload"]["typing"] for frame in client.frames if frame.get("type") == "editors:typing"]
            assert person.pk not in {typist["userId"] for typing in lists for typist in typing}
    await sync_to_async(connections.close_all)()
