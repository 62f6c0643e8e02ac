"""PostgreSQL is away while clients come, through every door: nobody is sent a last word, and all get in in the end."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import httpx
import pytest
import websockets
from websockets.asyncio.client import connect

from realtime.errors import CloseCode
from realtime.testing.client import JsonClient
from tests.faults.fleet import Database, Fleet
from tests.realtime.doors.stock_clients import NodeClient, StockClient

pytestmark = [pytest.mark.faults, pytest.mark.live, pytest.mark.either_database]

HALLS, MEMBERS = "/halls", "/members"
CONNECT = '40/halls,{"token":"7"}'
LET_IN, REFUSED, PUT_OUT = "40/halls,", "44/halls,", "41/halls,"
TRANSPORTS: list[list[str] | None] = [["polling"], ["websocket"], None]
_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.1


class Comer:
    """A client of our own that comes again for as long as it is not let in; `ended` counts how often in vain."""

    def __init__(self, come: Callable[["Comer"], Awaitable[bool]]) -> None:
        self.ended = 0
        self.heard: list[str] = []
        self._task = asyncio.create_task(self._run(come))

    async def _run(self, come: Callable[["Comer"], Awaitable[bool]]) -> None:
        while True:
            try:
                if await come(self):
                    return
            except (OSError, EOFError, httpx.HTTPError, websockets.WebSocketException):
                pass
            self.ended += 1
            await asyncio.sleep(_PAUSE_SECONDS)

    async def let_in(self) -> None:
        """Waits until it is; raises what went wrong with it."""
        await asyncio.wait_for(asyncio.shield(self._task), _PATIENCE_SECONDS)

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


def comers(port: int) -> dict[str, Comer]:
    """Begins to come through every door."""
    origin = f"http://127.0.0.1:{port}"

    async def websocket(comer: Comer) -> bool:
        async with connect(f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket") as socket:
            await socket.recv()
            await socket.send(CONNECT)
            async for message in socket:
                comer.heard.append(str(message))
                if message == "2":
                    await socket.send("3")
                if str(message).startswith(LET_IN):
                    return True
        return False

    async def polling(comer: Comer) -> bool:
        query = {"EIO": "4", "transport": "polling"}
        async with httpx.AsyncClient(base_url=origin, timeout=_PATIENCE_SECONDS) as client:
            opened = (await client.get("/socket.io/", params=query)).raise_for_status()
            query["sid"] = json.loads(opened.text[1:])["sid"]
            await client.post("/socket.io/", params=query, content=CONNECT)
            while True:
                packets = (await client.get("/socket.io/", params=query)).raise_for_status().text.split("\x1e")
                comer.heard += packets
                if "2" in packets:
                    await client.post("/socket.io/", params=query, content="3")
                if any(packet.startswith(LET_IN) for packet in packets):
                    return True
                if "1" in packets:
                    return False

    async def json_door(comer: Comer) -> bool:
        async with await JsonClient.over_socket(f"ws://127.0.0.1:{port}/ws/halls/", token="7") as client:
            frame = await client.wait(lambda frame: frame["type"] in ("session:ready", "bye"), within=_PATIENCE_SECONDS)
            if frame["type"] == "session:ready":
                return True
            code = await client.ended()
            assert code == CloseCode.SERVICE_RESTART or 4000 <= code < 4500, client.frames
            return False

    async def event_stream(comer: Comer) -> bool:
        headers = {"Accept": "text/event-stream", "Authorization": "Bearer 7"}
        async with (
            httpx.AsyncClient(timeout=_PATIENCE_SECONDS) as client,
            client.stream("GET", f"{origin}/events/?rooms=hall:1", headers=headers) as stream,
        ):
            # Anything else, and an EventSource never comes again.
            assert (stream.status_code, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
            async for line in stream.aiter_lines():
                if line == "event: session:ready":
                    return True
        return False

    doors = {"websocket": websocket, "polling": polling, "json": json_door, "sse": event_stream}
    return {name: Comer(come) for name, come in doors.items()}


@pytest.fixture
async def stock(request: pytest.FixtureRequest) -> AsyncIterator[list[NodeClient]]:
    clients: list[NodeClient] = []
    yield clients
    for client in clients:
        await client.close()


async def until(condition: Callable[[], bool], seen: Callable[[], object]) -> None:
    """Waits for a condition that nothing announces; `seen` is shown when it does not come."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not condition():  # noqa: ASYNC110  # nothing to await
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(seen()) from None


def ends(client: StockClient) -> list[str]:
    return [what["reason"] for what in client.happenings if what["what"] == "disconnect"]


def last_words(clients: Sequence[StockClient]) -> list[object]:
    return [client.happenings for client in clients]


@pytest.mark.parametrize("longer", [True, False], ids=["longer than a CONNECT is held", "shorter"])
async def test_all_get_in_when_it_is_back_and_nobody_was_told_a_last_word(
    database: Database, stock: list[NodeClient], longer: bool
) -> None:
    holding = {"HALLS_HOLD_SECONDS": "1"} if longer else {}
    with Fleet(database, processes=2, REALTIME_DEBUG="true", **holding) as fleet:
        origin = f"http://127.0.0.1:{fleet.port}"
        lonely = [await NodeClient.to(origin, transports) for transports in TRANSPORTS]
        sitting = [await NodeClient.to(origin, transports) for transports in TRANSPORTS]
        stock += lonely + sitting
        for client in sitting:
            await client.open(MEMBERS, {"token": "7"})
            await client.connected(MEMBERS)
        await asyncio.to_thread(database.server.crash)
        raw = comers(fleet.port)
        try:
            for client in stock:
                await client.open(HALLS, {"token": "7"})
            # Everybody, the raw ones of Socket.IO as well, has been tried and put off.
            await until(lambda: fleet.server.output.count(" waits to enter /halls: ") >= 8, lambda: fleet.server.output)
            if longer:
                await until(lambda: all(len(ends(client)) >= 2 for client in lonely), lambda: last_words(lonely))
                await until(lambda: all(comer.ended >= 2 for comer in raw.values()), lambda: raw)
            await asyncio.to_thread(database.server.start)
            for client in stock:
                await client.connected(HALLS)
            for comer in raw.values():
                await comer.let_in()
        finally:
            await asyncio.to_thread(database.server.start)  # for the tests behind this one, whatever failed
            for comer in raw.values():
                await comer.stop()
        for comer in raw.values():
            assert not [packet for packet in comer.heard if packet.startswith((REFUSED, PUT_OUT))]
        for client in stock:
            # Without data: no answer, or 503, which the library takes for a reason to come again.
            refused = [what for what in client.happenings if what["what"] == "refused"]
            assert all(what.get("data") is None for what in refused), refused
        assert {reason for client in lonely for reason in ends(client)} <= ({"transport close"} if longer else set())
        # What lives beside a CONNECT that waits does not flap.
        assert not [ends(client) for client in sitting if ends(client)], last_words(sitting)
        for client in stock:
            assert (await client.succeed(HALLS, "session:ping", {})).keys() == {"time"}
