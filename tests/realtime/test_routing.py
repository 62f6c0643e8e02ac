"""Which path leads to which door, and that none lead anywhere else."""

from typing import Any

import msgspec
import pytest

from realtime.conf import realtime_settings
from realtime.doors import proxies
from realtime.hub import Hub
from realtime.namespaces import NAMESPACES
from realtime.routing import http_urlpatterns, websocket_application
from realtime.testing.client import ApplicationTransport, Closed, JsonClient
from tests.realtime.halls import Connect, connect, hub

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


def opened(path: str, query: bytes = b"") -> ApplicationTransport:
    scope: dict[str, Any] = {
        "type": "websocket",
        "scheme": "ws",
        "path": path,
        "query_string": query,
        "headers": [],
        "subprotocols": ["livrya.v1"],
        "client": ("127.0.0.1", 1),
        "extensions": {},
    }
    return ApplicationTransport(websocket_application, scope)


async def test_a_namespace_is_named_by_its_path(connect: Connect) -> None:
    assert set((await (await connect("/foyer")).ready())["rooms"]) == {"hall:1", "hall:2"}
    assert (await (await connect("/halls")).ready())["rooms"] == {}


async def test_the_json_door_without_a_name_is_that_of_the_default_namespace(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(NAMESPACES, "/", raising=False)
    client = await JsonClient.in_process(websocket_application, "/ws/")
    assert (await client.event("error"))["payload"]["code"] == "NOT_FOUND"
    await client.close()
    monkeypatch.setitem(NAMESPACES, "/", NAMESPACES["/halls"])
    client = await JsonClient.in_process(websocket_application, "/ws/")
    await client.ready()
    await client.close()


async def test_socket_io_is_at_its_own_path(hub: Hub) -> None:
    link = opened("/socket.io/", b"EIO=4&transport=websocket")
    assert await link.accepted() is None
    assert (await link.receive()).startswith('0{"sid":')
    await link.close(1000)


@pytest.mark.parametrize(
    "path", ["/", "/nothing/here/", "/ws", "/ws/Halls/", "/ws/1halls/", "/ws/halls/more/", "/events/"]
)
async def test_elsewhere_a_handshake_is_refused(hub: Hub, path: str) -> None:
    with pytest.raises(Closed) as refused:
        await opened(path).accepted()
    assert refused.value.code == 1008


async def test_where_tls_is_required_nothing_is_opened_without(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = msgspec.structs.replace(realtime_settings(), require_tls=True)
    monkeypatch.setattr(proxies, "realtime_settings", lambda: settings)
    with pytest.raises(Closed):
        await opened("/ws/halls/").accepted()


def test_over_plain_http_there_are_polling_and_streams() -> None:
    assert [str(route.pattern) for route in http_urlpatterns] == ["socket.io/", "events/"]
