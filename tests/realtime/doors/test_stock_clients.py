"""Stock clients at real servers: one process, and three without sticky sessions, on every transport."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Iterator
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

import realtime
from realtime.testing.server import ServerProcess
from tests.realtime.app.events import HallRoom, Said
from tests.realtime.doors.balancer import Balancer
from tests.realtime.doors.stock_clients import Happening, NodeClient, PythonClient, StockClient
from tests.realtime.halls import server_environment

pytestmark = [
    pytest.mark.either_database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.live,
    pytest.mark.filterwarnings("ignore:Unclosed connection:ResourceWarning"),  # of python-socketio's own
]

HALLS, MEMBERS, FOYER = "/halls", "/members", "/foyer"
TRANSPORTS = pytest.mark.parametrize(
    "transports",
    [["polling"], ["websocket"], None],
    ids=["polling only", "websocket only", "upgrade"],
)
CLIENTS = pytest.mark.parametrize("kind", [NodeClient, PythonClient], ids=["node", "python"])


@contextlib.contextmanager
def servers_of(count: int, redis: str) -> Iterator[list[ServerProcess]]:
    environment = server_environment(REDIS_URL=redis) if count > 1 else server_environment()
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(ServerProcess(environment=environment)) for _ in range(count)]
        yield servers
        for server in servers:
            # Its jobs may complain: the database's content goes with each test.
            assert "Exception in ASGI application" not in server.output, server.output
            assert "ERROR realtime" not in server.output, server.output


@pytest.fixture(scope="module", params=[1, 3], ids=["1 process", "3 processes"])
def servers(request: pytest.FixtureRequest, django_db_setup: None, redis: str) -> Iterator[list[ServerProcess]]:
    with servers_of(request.param, redis) as running:
        yield running


@pytest.fixture(scope="module")
def three_servers(django_db_setup: None, redis: str) -> Iterator[list[ServerProcess]]:
    with servers_of(3, redis) as running:
        yield running


@pytest.fixture
async def town(servers: list[ServerProcess]) -> AsyncIterator[str]:
    """The address of the servers, behind a balancer without sticky sessions."""
    async with Balancer([server.port for server in servers]) as balancer:
        yield balancer.origin


_halls = itertools.count(100)


@pytest.fixture
def hall() -> int:
    """A hall of the test's own: the servers outlive the database's content, which goes with each test."""
    return next(_halls)


async def say(hall: int, *texts: str) -> None:
    for text in texts:
        await realtime.aemit(HallRoom(hall), Said(text=text))


def texts(client: StockClient) -> list[str]:
    return [payload["text"] for payload, *_ in client.events("hall:said")]


def said_in(happening: Happening, namespace: str) -> bool:
    return happening.get("namespace") == namespace and happening.get("args", [""])[0] == "hall:said"


async def heard(client: StockClient, text: str) -> None:
    await client.wait(
        lambda what: what["what"] == "event" and what["args"][0] == "hall:said" and what["args"][1]["text"] == text
    )


@CLIENTS
@TRANSPORTS
async def test_a_stock_client_is_served_in_full(
    town: str, hall: int, kind: type[StockClient], transports: list[str] | None
) -> None:
    async with await kind.to(town, transports) as client, await kind.to(town, transports) as other:
        # Who may not enter gets the reason, in data; what does not exist in the protocol's words.
        await client.open(MEMBERS)
        assert (await client.refused(MEMBERS))["data"]["code"] == "UNAUTHENTICATED"
        await client.open("/nowhere", {"token": "7"})
        assert (await client.refused("/nowhere"))["message"] == "Invalid namespace"

        await client.open(HALLS, {"token": "7"})
        await client.connected(HALLS)
        await other.open(HALLS, {"token": "8"})
        await other.connected(HALLS)
        assert (await client.event("session:ready"))[0]["username"] == "guest7"

        # Commands with acks: by payload, by alias and positional argument, with and without success.
        joined = await client.succeed(HALLS, "hall:join", {"hallId": hall})
        assert joined["room"] == f"hall:{hall}"
        assert (await other.succeed(HALLS, "join_hall", hall))["room"] == f"hall:{hall}"
        [refused] = await client.ask(HALLS, "hall:refuse", {})
        assert (refused["success"], refused["error"]["code"]) == (False, "CONFLICT")
        [unknown] = await client.ask(HALLS, "hall:nothing")
        assert unknown["error"]["code"] == "UNKNOWN_COMMAND"

        # A repeated request takes effect once and gets the same answer; everybody hears of it once.
        first = await client.ask(HALLS, "hall:say", {"hallId": hall, "text": "hello"}, {"requestId": "once"})
        again = await client.ask(HALLS, "hall:say", {"hallId": hall, "text": "hello"}, {"requestId": "once"})
        assert first == again
        assert first[0]["position"]["room"] == f"hall:{hall}"
        await client.succeed(HALLS, "hall:say", {"hallId": hall, "text": "last"})
        await heard(other, "last")
        await heard(client, "last")
        assert texts(client) == texts(other) == ["hello", "last"]
        payload, meta, *_ = await other.event("hall:said")
        assert payload == {"text": "hello"}
        assert meta | {"timestamp": 0} == {
            "eventId": f"hall:{hall}:{meta['epoch']}:1",
            "timestamp": 0,
            "room": f"hall:{hall}",
            "epoch": meta["epoch"],
            "seq": 1,
        }

        # What nobody acknowledges is refused aloud all the same; what is volatile arrives.
        await client.emit(HALLS, "hall:refuse", {})
        assert (await client.event("error"))[0]["code"] == "CONFLICT"
        await client.emit(HALLS, "hall:wave", {"hallId": hall})
        assert (await other.event("hall:waved"))[0] == {"who": "guest7"}

        # Bytes both ways.
        data = bytes(range(256))
        assert (await client.succeed(HALLS, "hall:copy", {"data": data}))["copies"] == [data, data]

        # Another namespace beside it, with rooms of its own.
        await client.open(FOYER)
        await client.connected(FOYER)
        mark = len(client.happenings)
        await client.succeed(FOYER, "hall:join", {"hallId": hall})
        await say(hall, "to both")
        await client.wait(lambda what: said_in(what, HALLS), after=mark)
        await client.wait(lambda what: said_in(what, FOYER), after=mark)
        await client.leave(FOYER)
        assert (await client.succeed(HALLS, "session:ping", {})).keys() == {"time"}

        expected = "polling" if transports == ["polling"] else "websocket"
        assert await client.transport() == expected


@TRANSPORTS
async def test_a_cut_client_recovers_exactly_what_it_missed(town: str, hall: int, transports: list[str] | None) -> None:
    other_hall = hall + 1_000_000
    async with await NodeClient.to(town, transports) as client:
        await client.open(HALLS, {"token": "7"})
        before = await client.connected(HALLS)
        for entered in (hall, other_hall):
            await client.succeed(HALLS, "hall:join", {"hallId": entered})
        await say(hall, "one", "two")
        await heard(client, "two")
        await client.succeed(HALLS, "session:ping", {})
        mark = len(client.happenings)
        await client.cut()
        await client.wait(lambda what: what["what"] == "disconnect", after=mark)
        await say(other_hall, "three")
        await say(hall, "four")
        after = await client.connected(HALLS, after=mark)
        assert (after["recovered"], after["id"]) == (True, before["id"])
        await say(hall, "five")
        await heard(client, "five")
        await heard(client, "three")
        assert sorted(texts(client)) == ["five", "four", "one", "three", "two"]
        assert [text for text in texts(client) if text != "three"] == ["one", "two", "four", "five"]


async def test_a_client_that_was_put_aside_recovers_when_it_is_taken_up_again(town: str, hall: int) -> None:
    """A phone disconnects in the background; nothing is kept for it anywhere but the log."""
    async with await NodeClient.to(town, ["websocket"]) as client:
        await client.open(HALLS, {"token": "7"})
        before = await client.connected(HALLS)
        await client.succeed(HALLS, "hall:join", {"hallId": hall})
        await say(hall, "one")
        await heard(client, "one")
        await client.succeed(HALLS, "session:ping", {})
        mark = len(client.happenings)
        await client.leave(HALLS)
        await say(hall, "two", "three")
        await client.wake(HALLS)
        after = await client.connected(HALLS, after=mark)
        assert (after["recovered"], after["id"]) == (True, before["id"])
        await heard(client, "three")
        assert texts(client) == ["one", "two", "three"]


@pytest.mark.faults
async def test_a_client_recovers_when_the_process_that_had_it_is_killed(redis: str, hall: int) -> None:
    with servers_of(3, redis) as servers:
        async with (
            Balancer([server.port for server in servers]) as balancer,
            await NodeClient.to(balancer.origin, ["websocket"]) as client,
        ):
            await client.open(HALLS, {"token": "7"})
            await client.connected(HALLS)
            await client.succeed(HALLS, "hall:join", {"hallId": hall})
            await say(hall, "one")
            await heard(client, "one")
            await client.succeed(HALLS, "session:ping", {})
            mark = len(client.happenings)
            next(server for server in servers if server.port == balancer.last).kill()
            await say(hall, "two", "three")
            assert (await client.connected(HALLS, after=mark))["recovered"] is True
            await say(hall, "four")
            await heard(client, "four")
            assert texts(client) == ["one", "two", "three", "four"]


@pytest.mark.soak
async def test_nobody_misses_or_repeats_anything_while_every_server_restarts_in_turn(redis: str, hall: int) -> None:
    """A rolling restart under traffic: each server says bye, and comes back on its port."""
    environment = server_environment(REDIS_URL=redis)
    talking = True

    async def talk() -> int:
        said = 0
        while talking:
            said += 1
            await say(hall, str(said))
            await asyncio.sleep(0.01)
        return said

    async with contextlib.AsyncExitStack() as stack:
        servers = stack.enter_context(servers_of(3, redis))
        balancer = await stack.enter_async_context(Balancer([server.port for server in servers]))
        clients, positions = [], []
        for transports in (["polling"], ["websocket"], None):
            client = await stack.enter_async_context(await NodeClient.to(balancer.origin, transports))
            await client.open(HALLS, {"token": "7"})
            await client.connected(HALLS)
            positions.append((await client.succeed(HALLS, "hall:join", {"hallId": hall}))["position"])
            clients.append(client)
        talker = asyncio.create_task(talk())
        for server in servers:
            marks = [len(client.happenings) for client in clients]
            server.terminate()
            await asyncio.to_thread(server.wait)
            await asyncio.to_thread(
                lambda port=server.port: stack.enter_context(ServerProcess(port=port, environment=environment))
            )
            for client, mark in zip(clients, marks, strict=True):
                await client.event("hall:said", after=mark)
        talking = False
        last = str(await talker)
        for client, position in zip(clients, positions, strict=True):
            await heard(client, last)
            assert texts(client) == [str(number) for number in range(position["seq"] + 1, int(last) + 1)]
            again = [what for what in client.happenings if what["what"] == "connect"][1:]
            assert all(what["recovered"] for what in again)


async def test_a_client_without_recovery_goes_on_from_the_positions_in_its_auth(town: str, hall: int) -> None:
    async with await PythonClient.to(town) as client, await PythonClient.to(town) as again:
        await client.open(HALLS, {"token": "7"})
        await client.connected(HALLS)
        position = (await client.succeed(HALLS, "hall:join", {"hallId": hall}))["position"]
        await client.close()
        await say(hall, "one", "two")
        await again.open(HALLS, {"token": "7", "rooms": {f"hall:{hall}": position}})
        await heard(again, "two")
        assert texts(again) == ["one", "two"]
        ready = (await again.event("session:ready"))[0]
        assert ready["rooms"][f"hall:{hall}"]["recovered"] is True


async def test_a_client_that_moves_to_another_process_misses_and_repeats_nothing(
    three_servers: list[ServerProcess], hall: int
) -> None:
    """Events come all the while that sessions upgrade from one process to another."""
    talking = True

    async def talk() -> int:
        said = 0
        while talking:
            said += 1
            await say(hall, str(said))
        return said

    async with contextlib.AsyncExitStack() as stack:
        balancer = await stack.enter_async_context(Balancer([server.port for server in three_servers]))
        clients = [await stack.enter_async_context(await NodeClient.to(balancer.origin)) for _ in range(4)]
        talker = asyncio.create_task(talk())
        for client in clients:
            await client.open(HALLS, {"token": "7"})
        positions = []
        for client in clients:
            await client.connected(HALLS)
            positions.append((await client.succeed(HALLS, "hall:join", {"hallId": hall}))["position"])
        for client in clients:
            while await client.transport() != "websocket":
                await client.succeed(HALLS, "session:ping", {})
        talking = False
        last = str(await talker)
        for client, position in zip(clients, positions, strict=True):
            await heard(client, last)
            assert texts(client) == [str(number) for number in range(position["seq"] + 1, int(last) + 1)]
            assert [what["what"] for what in client.happenings].count("connect") == 1


@pytest.mark.parametrize("keeps_cookies", [True, False])
@pytest.mark.parametrize("transports", [["polling"], None], ids=["polling only", "upgrade"])
async def test_a_session_is_its_client_s_alone_on_every_process(
    town: str, hall: int, keeps_cookies: bool, transports: list[str] | None
) -> None:
    """Whether the client can carry a cookie or not; see docs/decisions/an-address-lets-nobody-in.md."""
    async with await NodeClient.to(town, transports, withCredentials=keeps_cookies) as client:
        await client.open(HALLS, {"token": "7"})
        await client.connected(HALLS)
        await client.succeed(HALLS, "hall:join", {"hallId": hall})
        await say(hall, "hello")
        await heard(client, "hello")
        assert not [what for what in client.happenings if what["what"] == "disconnect"]


async def test_an_id_from_a_log_speaks_for_nobody_on_any_process(town: str) -> None:
    def ask(path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        try:
            with urlopen(Request(town + path, body, headers), timeout=10) as response:  # our own
                return response.status, response.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()

    path = "/socket.io/?EIO=4&transport=polling"
    signed_in = {"Authorization": "Bearer 7"}
    opened = await asyncio.to_thread(lambda: ask(path, **signed_in))
    sid = json.loads(opened[1][1:])["sid"]
    assert (await asyncio.to_thread(lambda: ask(f"{path}&sid={sid}", b"40/halls,", **signed_in)))[0] == 200
    for _ in range(4):
        assert (await asyncio.to_thread(lambda: ask(f"{path}&sid={sid}", b"41/halls,")))[0] == 400
        assert (await asyncio.to_thread(lambda: ask(f"{path}&sid={sid}")))[0] == 400
    assert b"40/halls," in (await asyncio.to_thread(lambda: ask(f"{path}&sid={sid}", **signed_in)))[1]
