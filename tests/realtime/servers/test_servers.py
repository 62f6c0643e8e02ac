"""Real servers: the same scenario on uvicorn with one and two processes and on Daphne; leaving; slow clients."""

import asyncio
import contextlib
import os
import signal
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from urllib.request import urlopen

import pytest
from asgiref.sync import sync_to_async
from websockets.exceptions import InvalidMessage

import realtime
from realtime.errors import CloseCode
from realtime.ops.inspection import ask_processes
from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess
from tests.realtime.app.events import HallRoom, Said
from tests.realtime.halls import server_environment
from tests.services import Valkey

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.live]

Start = Callable[..., AbstractContextManager[ServerProcess]]


@contextmanager
def running(kind: str = "serve", *arguments: str, **environment: str) -> Iterator[ServerProcess]:
    with ServerProcess(kind, arguments=arguments, environment=server_environment(**environment)) as server:
        yield server
        assert "Traceback" not in server.output, server.output


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


async def clients_of(server: ServerProcess, count: int, namespace: str = "halls", **options: Any) -> list[JsonClient]:
    return [await JsonClient.over_socket(server.ws(namespace), **options) for _ in range(count)]


async def close_all(clients: list[JsonClient]) -> None:
    await asyncio.gather(*[client.close() for client in clients])


@sync_to_async
def say(*texts: str) -> None:
    for text in texts:
        realtime.emit(HallRoom(1), Said(text=text))


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


@pytest.mark.either_database
async def test_several_processes_without_redis_are_refused() -> None:
    environment = server_environment()
    environment.pop("REDIS_URL", None)
    with pytest.raises(AssertionError, match="need REDIS_URL"):
        ServerProcess("serve", arguments=["--processes", "2"], environment={**environment, "REDIS_URL": ""})


@pytest.mark.either_database
async def test_a_server_that_is_asked_to_leave_says_bye_and_when_to_come_back() -> None:
    with running() as server:
        clients = await clients_of(server, 3)
        for client in clients:
            await client.ready()
        server.terminate()
        codes = [await client.ended() for client in clients]
        byes = [(await client.event("bye"))["payload"] for client in clients]
        await asyncio.to_thread(server.wait)
    assert codes == [CloseCode.SERVICE_RESTART] * 3
    assert all(500 <= bye["retryAfter"] <= 5000 for bye in byes)
    assert len({bye["retryAfter"] for bye in byes}) > 1


@pytest.mark.either_database
async def test_a_client_that_takes_nothing_does_not_keep_the_server_from_leaving() -> None:
    with running() as server:
        deaf = open_deaf_socket(server)
        try:
            await say("x" * 60_000)
            server.terminate()
            await asyncio.to_thread(server.wait)
        finally:
            deaf.close()


@pytest.mark.either_database
async def test_ctrl_c_leaves_no_process_behind(redis: str) -> None:
    with running("serve", "--processes", "2", REDIS_URL=redis) as server:
        children = children_of(server.process.pid)
        assert len(children) == 2
        server.terminate()
        assert await asyncio.to_thread(server.wait) == 0
        assert not [child for child in children if is_alive(child)]


@pytest.mark.either_database
async def test_children_of_a_killed_parent_end_by_themselves(redis: str) -> None:
    with running("serve", "--processes", "2", REDIS_URL=redis) as server:
        children = children_of(server.process.pid)
        server.process.kill()
        async with asyncio.timeout(15):
            while any(is_alive(child) for child in children):  # noqa: ASYNC110  # another process's end
                await asyncio.sleep(0.05)


@pytest.mark.either_database
async def test_a_process_that_dies_is_replaced(redis: str) -> None:
    with running("serve", "--processes", "2", REDIS_URL=redis) as server:
        victim, other = children_of(server.process.pid)
        os.kill(victim, signal.SIGKILL)
        async with asyncio.timeout(20):
            while len(set(children_of(server.process.pid)) - {victim}) < 2:  # noqa: ASYNC110  # another process
                await asyncio.sleep(0.05)
        assert other in children_of(server.process.pid)


async def somebody_at(server: ServerProcess) -> JsonClient:
    """Connects; once more when the system had just handed the connection to a socket that was being closed."""
    try:
        return await JsonClient.over_socket(server.ws("halls"))
    except (OSError, InvalidMessage):
        return await JsonClient.over_socket(server.ws("halls"))


@pytest.mark.either_database
async def test_processes_are_replaced_one_by_one_on_request(redis: str) -> None:
    with running("serve", "--processes", "2", REDIS_URL=redis) as server:
        before = children_of(server.process.pid)
        server.process.send_signal(signal.SIGHUP)
        async with asyncio.timeout(40):
            while set(children_of(server.process.pid)) & set(before):
                client = await somebody_at(server)  # all the time
                try:
                    assert (await client.ask("session:ping"))["success"]
                except AssertionError:
                    assert client.closed == CloseCode.SERVICE_RESTART, "only a leaving process may fall silent"
                await client.close()
        assert len(children_of(server.process.pid)) == 2


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


def open_deaf_socket(server: ServerProcess) -> socket.socket:
    """Joins a hall over a socket that will never be read again."""
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # before the window is announced
    deaf.connect(("127.0.0.1", server.port))
    deaf.sendall(
        b"GET /ws/halls/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    deaf.recv(1024)
    message = b'{"requestId":"1","type":"hall:join","payload":{"hallId":1}}'
    deaf.sendall(struct.pack("!BB", 0x81, 0x80 | len(message)) + b"\0\0\0\0" + message)
    heard = b""
    while b'"success":true' not in heard:
        heard += deaf.recv(1024)
    return deaf


def read_to_the_end(peer: socket.socket) -> None:
    """Reads whatever comes and answers nothing, until the other side ends it."""
    peer.settimeout(20)
    with peer, contextlib.suppress(ConnectionResetError):
        while peer.recv(65536):
            pass


def children_of(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


def is_alive(pid: int) -> bool:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] != "Z"
    return False
