"""What is temporary, met by stock clients: each cause over each transport, at real servers.

Not one of them is sent a word about its namespace, for it takes any word for the last.
"""

import asyncio
import contextlib
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess, free_port
from tests.realtime.app.weather import FILE, Weather
from tests.realtime.doors.stock_clients import NodeClient, StockClient
from tests.realtime.halls import server_environment
from tests.services import Valkey

pytestmark = [pytest.mark.either_database, pytest.mark.django_db(transaction=True), pytest.mark.live]

HALLS, MEMBERS, FOYER = "/halls", "/members", "/foyer"
HOLD_SECONDS = 0.5
TRANSPORTS = pytest.mark.parametrize(
    "transports", [["polling"], ["websocket"], None], ids=["polling only", "websocket only", "upgrade"]
)
CAUSES = pytest.mark.parametrize("cause", ["database", "rate", "defect"])

_people = itertools.count(100)


@pytest.fixture(scope="module")
def weather(tmp_path_factory: pytest.TempPathFactory) -> Weather:
    return Weather(tmp_path_factory.mktemp("halls") / "weather")


def environment(weather: Weather, **more: str) -> dict[str, str]:
    return server_environment(
        **{FILE: str(weather.path), "HALLS_HOLD_SECONDS": str(HOLD_SECONDS)},
        HALLS_REALTIME=json.dumps({"CONNECTIONS_PER_USER": 1}),
        **more,
    )


@pytest.fixture(scope="module")
def server(django_db_setup: None, weather: Weather) -> Iterator[ServerProcess]:
    with ServerProcess(environment=environment(weather)) as running:
        yield running
        assert "Exception in ASGI application" not in running.output, running.output


@pytest.fixture
def person() -> str:
    """A person of the test's own: seats are counted for each."""
    return str(next(_people))


@pytest.fixture(autouse=True)
def fine(weather: Weather) -> Iterator[None]:
    yield
    weather.clear()


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  # a file that another process writes
            await asyncio.sleep(0.02)


def words(client: StockClient, namespace: str) -> set[str]:
    """Returns what kinds of things happened to a namespace."""
    return {what["what"] for what in client.happenings if what.get("namespace") == namespace}


def ends(client: StockClient) -> set[str]:
    return {what["reason"] for what in client.happenings if what["what"] == "disconnect"}


@CAUSES
@TRANSPORTS
async def test_a_stock_client_gets_in_when_it_is_over(
    server: ServerProcess, weather: Weather, person: str, cause: str, transports: list[str] | None
) -> None:
    async with await NodeClient.to(server.http(""), transports) as client:
        weather.turn(cause)
        await client.open(HALLS, {"token": person})
        # Longer than one connection is held: it has been ended and has come back.
        await until(lambda: {what["what"] for what in client.happenings} >= {"disconnect"} and weather.met >= 6)
        weather.clear()
        await client.connected(HALLS)
        assert words(client, HALLS) <= {"connect", "disconnect", "event"}
        assert ends(client) == {"transport close"}


@CAUSES
@TRANSPORTS
async def test_what_lives_beside_it_never_flaps(
    server: ServerProcess, weather: Weather, person: str, cause: str, transports: list[str] | None
) -> None:
    async with await NodeClient.to(server.http(""), transports) as client:
        await client.open(MEMBERS, {"token": person})
        await client.connected(MEMBERS)
        weather.turn(cause)
        await client.open(HALLS, {"token": person})
        await until(lambda: weather.met >= 5)
        assert (await client.succeed(MEMBERS, "session:ping", {})).keys() == {"time"}
        weather.clear()
        await client.connected(HALLS)
        assert not {"refused", "disconnect"} & (words(client, HALLS) | words(client, MEMBERS))


@TRANSPORTS
async def test_who_finds_no_seat_gets_one_when_one_is_free(
    server: ServerProcess, person: str, transports: list[str] | None
) -> None:
    sitting = await JsonClient.over_socket(server.ws("halls"), token=person)
    await sitting.ready()
    async with await NodeClient.to(server.http(""), transports) as client:
        await client.open(HALLS, {"token": person})
        await client.wait(lambda what: what["what"] == "disconnect", after=1)
        await sitting.close()
        await client.connected(HALLS)
        assert words(client, HALLS) <= {"connect", "disconnect", "event"}
        assert ends(client) == {"transport close"}


@TRANSPORTS
async def test_a_server_that_leaves_ends_nobody_for_good(
    django_db_setup: None, weather: Weather, person: str, transports: list[str] | None
) -> None:
    port = free_port()
    given = environment(weather)
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(ServerProcess(port=port, environment=given))
        client = await NodeClient.to(server.http(""), transports)
        async with client:
            await client.open(HALLS, {"token": person})
            await client.connected(HALLS)
            # One that is in the middle of being let in as well.
            weather.turn("database")
            await client.open(MEMBERS, {"token": person})
            await until(lambda: weather.met)
            mark = len(client.happenings)
            server.terminate()
            await asyncio.to_thread(server.wait)
            weather.clear()
            await asyncio.to_thread(lambda: stack.enter_context(ServerProcess(port=port, environment=given)))
            for namespace in (HALLS, MEMBERS):
                await client.connected(namespace, after=mark)
            assert ends(client) <= {"transport close", "transport error"}
            # Without data: that nobody listens at the port, which the library tries again by itself.
            found = [what for what in client.happenings if what["what"] == "refused"]
            assert all(what.get("data") is None and what["message"] != "Invalid namespace" for what in found)


@TRANSPORTS
async def test_while_redis_is_away_everybody_gets_in(
    valkey: Valkey, weather: Weather, person: str, transports: list[str] | None
) -> None:
    with ServerProcess(environment=environment(weather, REDIS_URL=valkey.url)) as server:
        valkey.pause()
        async with await NodeClient.to(server.http(""), transports) as client:
            await client.open(HALLS, {"token": person})
            await client.connected(HALLS)
            assert "refused" not in words(client, HALLS)
        valkey.resume()
