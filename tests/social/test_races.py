"""Many people at one door at the same instant, over two processes."""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from livrya.accounts.models import User
from livrya.accounts.services import tokens
from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess
from social.models import Group
from tests.books.library import somebody
from tests.commands import running_database_url
from tests.services import redis_url
from tests.social.rooms import count, group

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.live]

COMING = 100
SEATS = 12


@pytest.fixture
def servers(transactional_db: None) -> Iterator[ServerProcess]:
    """Two processes on one port."""
    url, redis = redis_url()
    environment = {**os.environ, "DATABASE_URL": running_database_url(), "REDIS_URL": url}
    with ServerProcess(arguments=["--processes", "2"], environment=environment) as started:
        yield started
        assert "Traceback" not in started.output, started.output
    if redis:
        redis.stop()


def people() -> list[tuple[User, str]]:
    return [(person, tokens.issue(user=person).access) for person in (somebody() for _ in range(COMING))]


async def test_a_group_of_twelve_with_one_member_takes_eleven_of_a_hundred(servers: ServerProcess) -> None:
    coming = await sync_to_async(people)()
    owner = await sync_to_async(somebody)()
    lasting: Group = await sync_to_async(group)(owner, max_users=SEATS)
    passing: Group = await sync_to_async(group)(owner, max_users=SEATS, persistent=False)
    key = (await sync_to_async(tokens.issue)(user=owner)).access
    async with AsyncExitStack() as stack:
        connecting = [
            JsonClient.over_socket(servers.ws("social"), token=token) for token in [key, *(t for _, t in coming)]
        ]
        clients = [await stack.enter_async_context(client) for client in await asyncio.gather(*connecting)]
        await asyncio.gather(*(client.ready() for client in clients))
        host, *guests = clients
        for made in (lasting, passing):
            await host.tell("room:join", {"roomId": made.pk})
            answers = await asyncio.gather(*(guest.ask("room:join", {"roomId": made.pk}) for guest in guests))
            codes = Counter("in" if answer["success"] else answer["error"]["code"] for answer in answers)
            assert codes == {"in": SEATS - 1, "ROOM_FULL": COMING - SEATS + 1}
            assert await sync_to_async(count)(made) == (SEATS, SEATS)
            info = await host.tell("room:info", {"roomId": made.pk})
            assert (info["onlineCount"], info["memberCount"], info["socketCount"]) == (SEATS, SEATS, SEATS)
            joined = [event for event in host.events(f"group:{made.pk}") if event["type"] == "member:joined"]
            assert sorted(event["payload"]["userCount"] for event in joined)[-1] == SEATS
    await sync_to_async(connections.close_all)()
