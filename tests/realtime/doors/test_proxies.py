"""Proxies are believed as far as they are ours, by every door; without an encrypted way no socket opens."""

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
from websockets.exceptions import InvalidStatus

from realtime.checks import somebody_encrypts
from realtime.conf import RealtimeSettings
from realtime.doors import proxies
from realtime.doors.proxies import BehindProxies
from realtime.identity import counted_as
from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess
from tests.realtime.halls import server_environment

PROXY = "10.0.0.9"


async def seen(monkeypatch: pytest.MonkeyPatch, trusted: int, **headers: str) -> tuple[str, str]:
    """Returns the client's address and the scheme that an application behind so many proxies sees."""
    values = RealtimeSettings(authenticator="", trusted_proxies=trusted)
    monkeypatch.setattr(proxies, "realtime_settings", lambda: values)
    found: dict[str, Any] = {}

    async def application(scope: Any, receive: Any, send: Any) -> None:
        found.update(scope)

    scope = {
        "type": "http",
        "scheme": "http",
        "client": (PROXY, 1234),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    await BehindProxies(application)(scope, None, None)  # type: ignore[arg-type]  # not called
    return found["client"][0], found["scheme"]


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        (0, "192.0.2.1", PROXY),
        (1, "", PROXY),
        (1, "6.6.6.6, 192.0.2.1", "192.0.2.1"),
        (2, "6.6.6.6, 192.0.2.1, 10.0.0.2", "192.0.2.1"),
        (3, "192.0.2.1", "192.0.2.1"),
        (1, "192.0.2.1:4711", "192.0.2.1"),
        (1, "[2001:db8::7]:4711", "2001:db8::7"),
        (1, "2001:db8::7", "2001:db8::7"),
        (1, "[2001:db8::7]", "2001:db8::7"),
        (1, "::ffff:192.0.2.1", "192.0.2.1"),
        (1, "[::ffff:192.0.2.1]:4711", "192.0.2.1"),
        (1, "fe80::7%eth0", "fe80::7"),
        (1, "unknown, 192.0.2.1", "192.0.2.1"),
    ],
)
async def test_an_address_is_believed_as_far_as_the_proxies_are_ours(
    monkeypatch: pytest.MonkeyPatch, trusted: int, forwarded: str, address: str
) -> None:
    assert (await seen(monkeypatch, trusted, x_forwarded_for=forwarded))[0] == address


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "forwarded",
    ["unknown", "_hidden", "<script>", "unix:", "192.0.2", "192.0.2.1:x", "[::1", "[]:80", "::1]", "1.2.3.4, unknown"],
)
async def test_a_proxy_that_tells_no_address_is_refused_instead_of_counted_as_itself(
    monkeypatch: pytest.MonkeyPatch, kind: str, forwarded: str
) -> None:
    """Often the proxy is on this machine, and that has no limits."""
    values = RealtimeSettings(authenticator="", trusted_proxies=1)
    monkeypatch.setattr(proxies, "realtime_settings", lambda: values)
    sent: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError(scope["client"])

    async def receive() -> Any:
        return {}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"x-forwarded-for", forwarded.encode())]
    scope = {"type": kind, "scheme": "http", "client": ("127.0.0.1", 1), "headers": headers}
    await BehindProxies(application)(scope, receive, send)
    if kind == "http":
        assert sent[0]["status"] == 400
    else:
        assert [message["type"] for message in sent] == ["websocket.close"]


@pytest.mark.parametrize("name", ["x_forwarded_host", "forwarded", "x_real_ip", "x_forwarded_port"])
async def test_nothing_else_is_believed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert await seen(monkeypatch, 1, **{name: "for=6.6.6.6;proto=https;host=evil.example"}) == (PROXY, "http")


@pytest.mark.parametrize(
    ("trusted", "forwarded", "scheme"),
    [(0, "https", "http"), (1, "https", "https"), (1, "https, http", "http"), (2, "https, http", "https")],
)
async def test_so_is_the_scheme(monkeypatch: pytest.MonkeyPatch, trusted: int, forwarded: str, scheme: str) -> None:
    assert (await seen(monkeypatch, trusted, x_forwarded_proto=forwarded))[1] == scheme


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::7", "2001:db8::"),
        ("2001:db8::ffff:0:1", "2001:db8::"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("", ""),
    ],
)
def test_an_ipv6_client_is_counted_by_its_network(address: str, counted: str) -> None:
    assert counted_as(address) == counted


def test_https_without_a_proxy_that_tells_of_it_is_pointed_at(monkeypatch: pytest.MonkeyPatch) -> None:
    for values, found in [({"require_tls": True}, 1), ({"require_tls": True, "trusted_proxies": 1}, 0), ({}, 0)]:
        given = RealtimeSettings(authenticator="", **values)  # type: ignore[arg-type]  # by name
        monkeypatch.setattr("realtime.checks.realtime_settings", lambda given=given: given)
        assert len(somebody_encrypts(None)) == found


@pytest.fixture
def production(transactional_db: None) -> Iterator[ServerProcess]:
    environment = server_environment(
        DEBUG="false",
        SECRET_KEY="k" * 60,
        HTTPS="true",
        TRUSTED_PROXIES="1",
        HALLS_REALTIME='{"CONNECTIONS_PER_ADDRESS": 2}',
    )
    with ServerProcess(environment=environment) as server:
        yield server
        assert "Traceback" not in server.output, server.output


class _Unmoved(HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def ask(server: ServerProcess, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
    """Returns status and the first of the body; a redirect is not followed."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with build_opener(_Unmoved).open(Request(server.http(path), body, named), timeout=10) as response:
            return response.status, response.read1(500).decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def through_polling(server: ServerProcess, **headers: str) -> str:
    """Opens a Socket.IO connection over polling and returns the answer to entering a namespace, or what refuses it."""
    path = "/socket.io/?EIO=4&transport=polling"
    status, opened = ask(server, path, **headers)
    if status != 200:
        return f"{status} {opened}"
    sid = opened.partition('"sid":"')[2].partition('"')[0]
    assert ask(server, f"{path}&sid={sid}", b"40/halls,", **headers) == (200, "ok")
    return ask(server, f"{path}&sid={sid}", **headers)[1]


@pytest.mark.live
async def test_in_production_every_door_wants_https_and_counts_by_the_forwarded_address(
    production: ServerProcess,
) -> None:
    def way(address: str) -> dict[str, str]:
        return {"X_Forwarded_For": f"6.6.6.6, {address}", "X_Forwarded_Proto": "https"}

    async def asked(path: str, **headers: str) -> tuple[int, str]:
        return await asyncio.to_thread(ask, production, path, None, **headers)

    async def over_socket(address: str) -> JsonClient:
        headers = {name.replace("_", "-"): value for name, value in way(address).items()}
        return await JsonClient.over_socket(production.ws("halls"), headers=headers)

    plain = {"X_Forwarded_For": "192.0.2.1", "X_Forwarded_Proto": "http"}
    with pytest.raises(Exception, match="403"):
        await JsonClient.over_socket(production.ws("halls"), headers={"X-Forwarded-Proto": "http"})
    for path in ("/socket.io/?EIO=4&transport=polling", "/events/?rooms=hall:1"):
        assert await asked(path, **plain) == (
            403,
            '{"code":"FORBIDDEN","message":"Use HTTPS here.","retryable":false}',
        )
    assert (await asked("/page/", **plain))[0] == 301
    assert (await asked("/page/", **way("192.0.2.1")))[0] == 200

    clients = [await over_socket("192.0.2.1") for _ in range(2)]
    for client in clients:
        await client.ready()
    refused = await over_socket("192.0.2.1")
    assert await refused.ended() == 4429
    status, body = await asked("/events/?rooms=hall:1", **way("192.0.2.1"))
    assert (status, '"code":"RATE_LIMITED"' in body) == (429, True)
    refused_polling = await asyncio.to_thread(through_polling, production, **way("192.0.2.1"))
    assert (refused_polling[:3], '"code":"RATE_LIMITED"' in refused_polling) == ("429", True)
    socket_io = f"ws://127.0.0.1:{production.port}/socket.io/?EIO=4&transport=websocket"
    with pytest.raises(InvalidStatus) as refused_socket:
        await JsonClient.over_socket(socket_io, headers={n.replace("_", "-"): v for n, v in way("192.0.2.1").items()})
    assert refused_socket.value.response.status_code == 429

    assert (await asked("/events/?rooms=hall:1", **way("192.0.2.2")))[0] == 200
    assert "40/halls" in await asyncio.to_thread(through_polling, production, **way("192.0.2.2"))
    for client in clients:
        await client.close()
