"""A permission that is taken away is gone on two servers, with Redis and without; each cause as it happens in life."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from pytest_django import Settings

from books.models import Book
from books.services.books import hide_book, update_book
from books.services.credits import remove_credit
from books.services.invitations import accept_invitation, end_invitation, invite_reader
from books.services.releases import unpublish_chapter
from livrya.accounts.models import User
from livrya.accounts.services import access, tokens
from livrya.accounts.services.following import follow, unfollow
from livrya.environment import channel_layer
from realtime.errors import CloseCode
from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess
from tests.books import library
from tests.commands import running_database_url
from tests.livrya.accounts.people import PASSWORD, browser
from tests.services import Valkey

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.live]


class Place:
    """Two servers on one database; what is done, is done in this process, as by a command or a worker."""

    def __init__(self, servers: list[ServerProcess]) -> None:
        self._servers = servers
        self._clients: list[JsonClient] = []

    async def enter(
        self, user: User, *rooms: str, namespace: str = "books", token: str | None = None, session: str | None = None
    ) -> list[JsonClient]:
        """Returns a connection of the person to each server, which receives the rooms."""
        if not token and not session:
            token = (await make(tokens.issue, user=user)).access
        clients = []
        for server in self._servers:
            headers = {"Cookie": f"sessionid={session}", "Origin": server.http("")} if session else None
            client = await JsonClient.over_socket(server.ws(namespace), token=token, headers=headers)
            assert (await client.ready())["userId"] == user.pk
            for room in rooms:
                await client.tell("room:subscribe", {"room": room})
            clients.append(client)
        self._clients += clients
        return clients

    async def leave(self) -> None:
        clients, self._clients = self._clients, []
        for client in clients:
            await client.close()


@pytest.fixture(params=["with Redis", "Redis down"])
async def place(request: pytest.FixtureRequest, transactional_db: None, settings: Settings) -> AsyncIterator[Place]:
    valkey, down = Valkey(), request.param == "Redis down"
    settings.CHANNEL_LAYERS = {"default": channel_layer(valkey.url)}
    environment = {**os.environ, "DATABASE_URL": running_database_url(), "REDIS_URL": valkey.url}
    try:
        with ServerProcess(environment=environment) as first, ServerProcess(environment=environment) as second:
            if down:
                valkey.stop()
            yield Place([first, second])
            await make(connections.close_all)
            for server in (first, second):
                assert "Traceback" not in server.output, server.output
    finally:
        if not down:
            valkey.stop()


async def make(act: Callable[..., Any], *args: Any, **given: Any) -> Any:
    return await sync_to_async(act)(*args, **given)


async def shown_the_door(clients: list[JsonClient]) -> None:
    assert [await client.ended() for client in clients] == [CloseCode.REVOKED] * len(clients)


async def left(clients: list[JsonClient], room: str) -> None:
    """The room is left on every connection, which goes on, and cannot be entered again."""
    for client in clients:
        assert (await client.event("room:left"))["room"] == room
        assert (await client.ask("room:subscribe", {"room": room}))["error"]["code"] == "NOT_FOUND"


async def signing_out(place: Place) -> None:
    person = await make(library.somebody)
    page = await make(browser, person)
    clients = await place.enter(person, session=page.session.session_key)
    await make(page.logout)
    await shown_the_door(clients)


async def revoking_a_token_after_it_was_refreshed(place: Place) -> None:
    person = await make(library.somebody)
    pair = await make(tokens.issue, user=person)
    clients = await place.enter(person, token=pair.access)
    fresh = await make(tokens.rotate, refresh=pair.refresh)
    for client in clients:  # refreshing has closed nothing
        assert (await client.ask("auth:refresh", {"token": fresh.access}))["success"]
    await make(tokens.revoke, refresh=fresh.refresh)
    await shown_the_door(clients)


async def changing_the_password(place: Place) -> None:
    person = await make(library.somebody)
    clients = await place.enter(person)
    await make(
        access.change_password, actor=person, user=person, old_password=PASSWORD, new_password="another long secret"
    )
    await shown_the_door(clients)


async def being_banned(place: Place) -> None:
    person = await make(library.somebody)
    clients = await place.enter(person)
    await make(access.deactivate, actor=None, user=person)
    await shown_the_door(clients)


async def losing_a_role(place: Place) -> None:
    staff = await make(library.somebody, is_staff=True, is_superuser=True)
    clients = await place.enter(staff, namespace="admin")
    await make(access.set_role, actor=None, user=staff, is_staff=False, is_superuser=False)
    await shown_the_door(clients)


async def losing_a_credit(place: Place) -> None:
    book = await make(library.book)
    draft = await make(library.draft, book)
    editor = await make(library.worker_on, book)
    clients = await place.enter(editor, f"draft:{draft.pk}")
    credit = await make(editor.credits.get)
    await make(remove_credit, actor=None, credit_id=credit.pk)
    await left(clients, f"draft:{draft.pk}")


async def losing_an_invitation(place: Place) -> None:
    book = await make(library.book, visibility="private")
    chapter = await make(library.chapter, book)
    reader = await make(library.somebody)
    invitation = await make(invite_reader, actor=None, book_id=book.pk, user_id=reader.pk)
    await make(accept_invitation, actor=reader, invitation_id=invitation.pk)
    clients = await place.enter(reader, f"chapter:{chapter.pk}")
    await make(end_invitation, actor=None, invitation_id=invitation.pk)
    await left(clients, f"chapter:{chapter.pk}")


async def a_book_that_becomes_private(place: Place) -> None:
    await _closing(place, lambda book: make(update_book, actor=None, book_id=book.pk, visibility="private"))


async def a_book_that_is_taken_out_of_sight(place: Place) -> None:
    await _closing(place, lambda book: make(hide_book, actor=None, book_id=book.pk))


async def _closing(place: Place, close: Callable[[Book], Awaitable[object]]) -> None:
    book = await make(library.book)
    clients = await place.enter(await make(library.somebody), f"book:{book.pk}")
    await close(book)
    await left(clients, f"book:{book.pk}")


async def a_chapter_that_is_withdrawn(place: Place) -> None:
    chapter = await make(lambda: library.chapter(library.book()))
    clients = await place.enter(await make(library.somebody), f"chapter:{chapter.pk}")
    await make(unpublish_chapter, actor=None, chapter_id=chapter.pk)
    await left(clients, f"chapter:{chapter.pk}")


async def following_no_longer(place: Place) -> None:
    author, reader = await make(library.somebody), await make(library.somebody)
    await make(follow, actor=reader, user=author)
    clients = await place.enter(reader, f"author:{author.pk}:followers")
    await make(unfollow, actor=reader, user=author)
    await left(clients, f"author:{author.pk}:followers")


CAUSES = [
    signing_out,
    revoking_a_token_after_it_was_refreshed,
    changing_the_password,
    being_banned,
    losing_a_role,
    losing_a_credit,
    losing_an_invitation,
    a_book_that_becomes_private,
    a_book_that_is_taken_out_of_sight,
    a_chapter_that_is_withdrawn,
    following_no_longer,
]


async def test_whoever_loses_leave_is_gone_from_every_process(place: Place) -> None:
    for cause in CAUSES:
        try:
            await cause(place)
            await place.leave()
        except AssertionError as failure:
            failure.add_note(f"In {cause.__name__}.")
            raise
