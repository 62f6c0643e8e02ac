"""A stock socket.io-client at the product's own namespaces: every command, by every name that it is known under."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from django.db import connections

from realtime.namespaces import NAMESPACES, Namespace
from realtime.testing.server import ServerProcess
from tests.commands import running_database_url
from tests.livrya.said import ROOMS, ROWS, Person, Row, World, in_a_thread, make_world
from tests.realtime.doors.stock_clients import NodeClient, StockClient

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.live]


def product_namespaces() -> list[Namespace]:
    """Returns the namespaces that the product declares; tests declare some of their own."""
    return [
        namespace
        for namespace in NAMESPACES.values()
        if not any(handler.run.__module__.startswith("tests.") for handler in namespace.handlers.values())
    ]


def rows_of(namespace: Namespace) -> list[Row]:
    """Returns the rows whose names the namespace takes and that can be played there, in order."""
    nowhere = ROOMS[namespace.name] is None
    return [row for row in ROWS if row.name in namespace.commands and not (row.in_a_room and nowhere)]


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[ServerProcess]:
    with ServerProcess(environment={"DATABASE_URL": running_database_url()}) as started:
        yield started
        assert "Traceback" not in started.output, started.output


@asynccontextmanager
async def people_in(namespace: str, origin: str, world: World) -> AsyncIterator[dict[Person, StockClient]]:
    """Lets everybody in, whatever else they claim to be."""
    async with AsyncExitStack() as stack:
        clients: dict[Person, StockClient] = {}
        for person in world.people:
            client = clients[person] = await stack.enter_async_context(await NodeClient.to(origin, ["websocket"]))
            token = await in_a_thread(world.token, person)
            await client.open(namespace, {"token": token, "userId": 1, "username": "somebody else"})
            if namespace == "/admin" and person != "staff":
                assert (await client.refused(namespace))["data"]["code"] == "FORBIDDEN"
                continue
            assert (await client.event("session:ready"))[0]["userId"] == world.people[person].pk
        yield clients
    await in_a_thread(connections.close_all)


async def say(client: StockClient, namespace: str, row: Row, world: World) -> Any:
    """Says a row, again when that was too fast; returns the ack's data."""
    while True:
        [answer] = await client.ask(namespace, row.name, *row.arguments(world))
        if answer["success"] or answer["error"]["code"] != "RATE_LIMITED":
            assert answer["success"], (row.name, answer)
            return answer["data"]
        await asyncio.sleep(answer["error"]["retryAfter"] / 1000)


def test_every_command_and_every_alias_has_a_row():
    said = {row.name for row in ROWS}
    taken = {name for namespace in product_namespaces() for name in namespace.commands}
    assert taken - said == set(), "Add rows to tests/livrya/said.py."
    assert said - taken == set(), "Rows for names that nobody takes."
    assert {namespace.name for namespace in product_namespaces()} == ROOMS.keys(), "Add the namespace to ROOMS."


@pytest.mark.parametrize("name", ROOMS)
async def test_every_row_is_answered_as_its_client_expects(server: ServerProcess, name: str) -> None:
    namespace = NAMESPACES[name]
    world = await in_a_thread(make_world)
    async with people_in(name, server.http(""), world) as clients:
        room = ROOMS[name]
        world.answers["token"] = await in_a_thread(world.token, "reader" if room else "staff")
        if room is not None:
            world.room = room(world)
            position = (await clients["reader"].succeed(name, "room:subscribe", world.room))["position"]
            # A room to which nothing was ever published has no epoch yet, and the id of an event there none of its own.
            world.answers["last"] = f"{world.room}:{position['epoch'] or 'another'}:{position['seq']}"
        for row in rows_of(namespace):
            person: Person = row.by if room else "staff"
            data = await say(clients[person], name, row, world)
            world.answers.setdefault(row.name, data)
            found = row.data(world)
            if found is None:
                assert data is None, row.name
            else:
                assert {key: value for key, value in found.items() if value is not ...}.items() <= data.items(), (
                    row.name
                )
                assert found.keys() <= data.keys(), row.name
        await clients["staff"].emit(name, "ping")
        assert (await clients["staff"].event("pong"))[0]["time"] > 0
