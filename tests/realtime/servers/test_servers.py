"""Real servers: the same scenario on uvicorn with one and two processes and on Daphne; leaving; slow clients."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from urllib.request import urlopen

import pytest

from realtime.ops.inspection import ask_processes
from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess
from tests.realtime.servers.running import clients_of, open_deaf_socket, running, say
from tests.services import Valkey

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.live]


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[ServerProcess]:
    if request.param == "daphne":
        started = running("runserver")
    elif request.param == "uvicorn":
        started = running()
    else:
        started = running("serve", "--processes", "2", REDIS_URL=request.getfixturevalue("redis"))
    with started as server:
        yield server


async def close_all(clients: list[JsonClient]) -> None:
    await asyncio.gather(*[client.close() for client in clients])


async def heard(client: JsonClient, text: str) -> None:
    await client.wait(lambda frame: frame.get("payload", {}).get("text") == text, anywhere=True)


async def members_on_every_process_hear_the_same_in_the_same_order(server: ServerProcess) -> None:
    clients = await clients_of(server, 6, token="7")
    for client in clients:
        await client.tell("hall:join", {"hallId": 1})
    await asyncio.gather(
        *[client.tell("hall:say", {"hallId": 1, "text": f"{index}"}) for index, client in enumerate(clients)]
    )
    await say("end")
    for client in clients:
        await heard(client, "end")
    assert [event["seq"] for event in clients[0].events()] == [1, 2, 3, 4, 5, 6, 7]
    assert {tuple(client.texts()) for client in clients} == {tuple(clients[0].texts())}
    position = {"epoch": clients[0].events()[0]["epoch"], "seq": 2}
    again = await JsonClient.over_socket(server.ws("halls"))
    await again.tell("session:resume", {"rooms": {"hall:1": position}})
    await heard(again, "end")
    assert again.events() == clients[0].events()[2:]
    await close_all([*clients, again])


async def what_is_wrong_is_answered_and_the_connection_lives(server: ServerProcess) -> None:
    client = await JsonClient.over_socket(server.ws("halls"))
    for message in ("{", b"\x00", "x" * 70_000, '{"type":"nonsense"}', '{"type":"hall:say","payload":7}'):
        await client.send(message)
    answers = [await client.wait(lambda frame: frame.get("success") is False) for _ in range(5)]
    assert [answer["error"]["code"] for answer in answers] == [
        "VALIDATION",
        "VALIDATION",
        "TOO_LARGE",
        "UNKNOWN_COMMAND",
        "VALIDATION",
    ]
    assert (await client.ask("session:ping"))["success"]
    await client.close()


async def a_path_without_a_door_is_refused(server: ServerProcess) -> None:
    with pytest.raises(Exception, match="403"):
        await JsonClient.over_socket(f"ws://127.0.0.1:{server.port}/nothing/here/")


async def only_the_protocol_is_echoed_never_a_token(server: ServerProcess) -> None:
    client = await JsonClient.over_socket(server.ws("halls"), token="7")
    assert client._link._socket.subprotocol == "livrya.v1"  # type: ignore[attr-defined]
    assert (await client.ready())["userId"] == 7
    await client.close()


async def health_and_readiness_are_answered(server: ServerProcess) -> None:
    def get(path: str) -> tuple[int, str]:
        with urlopen(server.http(path), timeout=5) as response:
            return response.status, response.read().decode()

    assert await asyncio.to_thread(get, "/healthz") == (200, "ok\n")
    status, body = await asyncio.to_thread(get, "/readyz")
    assert status == 200
    assert '"database": "ok"' in body


@pytest.mark.parametrize("server", ["uvicorn", "uvicorn, 2 processes", "daphne"], indirect=True)
async def test_every_server_behaves_alike(server: ServerProcess) -> None:
    for scenario in (
        members_on_every_process_hear_the_same_in_the_same_order,
        what_is_wrong_is_answered_and_the_connection_lives,
        a_path_without_a_door_is_refused,
        only_the_protocol_is_echoed_never_a_token,
        health_and_readiness_are_answered,
    ):
        try:
            await scenario(server)
        except BaseException as failure:
            failure.add_note(f"In {scenario.__name__}.")
            raise


async def test_without_redis_events_and_joins_go_on() -> None:
    valkey = Valkey()
    try:
        with running("serve", "--processes", "2", REDIS_URL=valkey.url) as server:
            clients = await clients_of(server, 4, token="7")
            for client in clients[:3]:
                await client.tell("hall:join", {"hallId": 1})
            valkey.stop()
            await clients[0].tell("hall:say", {"hallId": 1, "text": "redis is gone"})
            await clients[3].tell("hall:join", {"hallId": 1})
            await say("from elsewhere")
            for client in clients:
                await heard(client, "from elsewhere")
            valkey.start()
            await clients[0].tell("hall:say", {"hallId": 1, "text": "redis is back"})
            for client in clients:
                await heard(client, "redis is back")
            assert {tuple(client.texts()) for client in clients[:3]} == {
                ("redis is gone", "from elsewhere", "redis is back")
            }
            await close_all(clients)
    finally:
        valkey.stop()


async def test_a_client_that_does_not_read_costs_nobody_else_and_gets_everything_later() -> None:
    with running() as server:
        slow, quick = await clients_of(server, 2, max_queue=1)
        for client in (slow, quick):
            await client.tell("hall:join", {"hallId": 1})
        pause_reading(slow)
        texts = [f"{number:04} " + "x" * 30_000 for number in range(200)]
        await say(*texts)
        await heard(quick, texts[-1])
        assert len(slow.frames) < 200
        resume_reading(slow)
        await heard(slow, texts[-1])
        assert slow.texts() == quick.texts() == texts
        await close_all([slow, quick])


@pytest.mark.either_database
async def test_a_peer_that_answers_no_ping_is_let_go_and_one_that_does_stays() -> None:
    values = '{"HEARTBEAT_SECONDS": 1, "PONG_TIMEOUT_SECONDS": 1}'
    with running(HALLS_REALTIME=values) as server:
        [client] = await clients_of(server, 1)
        await client.ready()
        deaf = open_deaf_socket(server)
        await asyncio.to_thread(read_to_the_end, deaf)
        assert (await client.ask("session:ping"))["success"]
        await client.close()


async def test_a_peer_that_takes_nothing_is_cut_off_in_time() -> None:
    values = '{"STALLED_CLIENT_SECONDS": 1, "OUTBOUND_LIMIT_BYTES": 65536}'
    with running(HALLS_REALTIME=values) as server:
        deaf = open_deaf_socket(server)
        await say(*["x" * 60_000 for _ in range(100)])
        async with asyncio.timeout(20):
            while await asyncio.to_thread(connections_of, server):  # noqa: ASYNC110  # another process
                await asyncio.sleep(0.1)
        # Only what had reached the kernel is left to be read, and then the end.
        await asyncio.to_thread(read_to_the_end, deaf)


def connections_of(server: ServerProcess) -> int:
    """Asks the process how many connections it has."""
    [found] = [payload for payload in ask_processes({"ask": "statistics"}) if payload["process"] == server.process.pid]
    connections: int = found["connections"]
    return connections


def pause_reading(client: JsonClient) -> None:
    client._link._socket.transport.pause_reading()  # type: ignore[attr-defined]


def resume_reading(client: JsonClient) -> None:
    client._link._socket.transport.resume_reading()  # type: ignore[attr-defined]


def read_to_the_end(peer: socket.socket) -> None:
    """Reads whatever comes and answers nothing, until the other side ends it."""
    peer.settimeout(20)
    with peer, contextlib.suppress(ConnectionResetError):
        while peer.recv(65536):
            pass
