"""What the WebSocket doors have in common: who is turned away, and what is cleaned up whatever happens."""

from typing import Any

import pytest

from realtime.doors.websocket import WebSocketConsumer, client_address
from realtime.errors import CloseCode
from realtime.hub import Hub
from realtime.testing.client import ApplicationTransport, Closed
from tests.realtime.halls import hub
from tests.realtime.hub.hall import until

__all__ = ["hub"]

pytestmark = pytest.mark.django_db(transaction=True)


class Echo(WebSocketConsumer):
    """Notes what it hears; `break` is a defect."""

    heard: list[str | bytes] = []
    ended: list[bool] = []

    async def opened(self) -> None:
        pass

    async def received(self, message: str | bytes) -> None:
        self.heard.append(message)
        if message == "break":
            raise ZeroDivisionError

    def gone(self) -> None:
        self.ended.append(True)


@pytest.fixture(autouse=True)
def _nothing_heard() -> None:
    Echo.heard, Echo.ended = [], []


def opened(**scope: Any) -> ApplicationTransport:
    return ApplicationTransport(Echo.as_asgi(), {"type": "websocket", "headers": [], "subprotocols": [], **scope})


async def test_messages_are_handed_on_and_the_end_is_noticed(hub: Hub) -> None:
    link = opened()
    await link.accepted()
    await until(lambda: len(hub.connections) == 1)
    for message in ("text", b"bytes", ""):
        await link.send(message)
    await link.close(1000)
    assert (Echo.heard, Echo.ended, hub.connections) == (["text", b"bytes", ""], [True], {})


async def test_a_defect_leaves_no_connection_behind(hub: Hub) -> None:
    link = opened()
    await link.accepted()
    await link.send("break")
    with pytest.raises(ZeroDivisionError):
        await link._task
    assert (Echo.ended, hub.connections) == ([True], {})


async def test_who_comes_while_the_process_leaves_is_sent_back(hub: Hub) -> None:
    hub.draining = True
    link = opened()
    assert await link.accepted() is None
    with pytest.raises(Closed) as end:
        await link.receive()
    assert end.value.code == CloseCode.COME_BACK
    assert hub.connections == {}


def test_the_address_is_what_the_server_knows() -> None:
    assert client_address({"client": ("192.0.2.1", 5)}) == "192.0.2.1"
    assert client_address({"client": None}) == client_address({}) == ""
