"""Engine.IO as its protocol has it, at a real server: what the official suite asks, and what it leaves out."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

pytestmark = [pytest.mark.live, pytest.mark.either_database]

Http = aiohttp.ClientSession

PATHS = pytest.mark.parametrize("path", ["/engine.io/", "/socket.io/"])


class Client:
    """The requests of one Engine.IO client, one by one."""

    def __init__(self, http: Http, origin: str, path: str = "/engine.io/") -> None:
        self._http = http
        self._url = origin + path
        self.sid = ""

    async def request(self, method: str = "GET", body: str | None = None, **query: str) -> tuple[int, str]:
        async with self._http.request(method, self._url, params=query, data=body) as response:
            return response.status, await response.text()

    async def open(self) -> dict[str, Any]:
        status, body = await self.request(EIO="4", transport="polling")
        assert (status, body[0]) == (200, "0")
        handshake: dict[str, Any] = json.loads(body[1:])
        self.sid = handshake["sid"]
        return handshake

    async def poll(self) -> tuple[int, str]:
        return await self.request(EIO="4", transport="polling", sid=self.sid)

    async def post(self, body: str) -> tuple[int, str]:
        return await self.request("POST", body, EIO="4", transport="polling", sid=self.sid)

    async def websocket(self, **query: str) -> aiohttp.ClientWebSocketResponse:
        return await self._http.ws_connect(self._url, params=query or {"EIO": "4", "transport": "websocket"})

    async def upgrading(self) -> aiohttp.ClientWebSocketResponse:
        return await self.websocket(EIO="4", transport="websocket", sid=self.sid)


@pytest.fixture
def client(http: Http, origin: str) -> Client:
    return Client(http, origin)


async def closed(socket: aiohttp.ClientWebSocketResponse) -> bool:
    """Waits for the end of a WebSocket, whatever else comes before it."""
    while (await socket.receive(timeout=5)).type not in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
        pass
    return True


class TestHandshake:
    @PATHS
    async def test_polling_opens_a_session_and_offers_the_upgrade(self, http: Http, origin: str, path: str) -> None:
        handshake = await Client(http, origin, path).open()
        assert isinstance(handshake.pop("sid"), str)
        assert handshake == {
            "upgrades": ["websocket"],
            "pingInterval": 300,
            "pingTimeout": 200,
            "maxPayload": 1_000_000,
        }

    @PATHS
    async def test_a_websocket_opens_a_session_that_has_nothing_to_upgrade(
        self, http: Http, origin: str, path: str
    ) -> None:
        async with await Client(http, origin, path).websocket() as socket:
            text = await socket.receive_str()
        assert text[0] == "0"
        assert json.loads(text[1:])["upgrades"] == []

    @PATHS
    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ({"transport": "polling"}, 5),
            ({"EIO": "abc", "transport": "polling"}, 5),
            ({"EIO": "3", "transport": "polling"}, 5),
            ({"EIO": "4"}, 0),
            ({"EIO": "4", "transport": "abc"}, 0),
            ({"EIO": "4", "transport": "websocket"}, 3),
            ({"EIO": "4", "transport": "polling", "sid": "unknown"}, 1),
            ({"EIO": "4", "transport": "polling", "sid": "un.known"}, 1),
        ],
    )
    async def test_a_request_that_fits_no_session_is_refused_in_the_protocols_words(
        self, http: Http, origin: str, path: str, query: dict[str, str], code: int
    ) -> None:
        status, body = await Client(http, origin, path).request(**query)
        assert (status, json.loads(body)["code"]) == (400, code)

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
    async def test_only_get_opens_a_session(self, client: Client, method: str) -> None:
        status, body = await client.request(method, EIO="4", transport="polling")
        assert (status, json.loads(body)["code"]) == (400, 2)

    @pytest.mark.parametrize(
        "query",
        [
            {"transport": "websocket"},
            {"EIO": "abc", "transport": "websocket"},
            {"EIO": "4"},
            {"EIO": "4", "transport": "abc"},
            {"EIO": "4", "transport": "websocket", "sid": "unknown"},
        ],
    )
    async def test_a_websocket_that_fits_no_session_is_refused(self, client: Client, query: dict[str, str]) -> None:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await client.websocket(**query)


class TestPolling:
    @pytest.mark.parametrize("payload", ["4hello", "4test1\x1e4test2\x1e4test3", "4hello\x1ebAQIDBA=="])
    async def test_messages_come_back_as_they_were_sent(self, client: Client, payload: str) -> None:
        await client.open()
        assert await client.post(payload) == (200, "ok")
        assert await client.poll() == (200, payload)

    @pytest.mark.parametrize("payload", ["abc", "4a\x1eabc", "", "b***", "2", "0{}"])
    async def test_what_is_no_payload_ends_the_session(self, client: Client, payload: str) -> None:
        await client.open()
        assert (await client.post(payload))[0] == 400
        assert (await client.poll())[0] == 400

    async def test_a_second_poll_beside_a_waiting_one_ends_the_session(self, client: Client) -> None:
        await client.open()
        first = asyncio.create_task(client.poll())
        # The first one has to be waiting there; nothing tells that from outside.
        await asyncio.sleep(0.05)
        second = await client.poll()
        assert await first == (200, "1")
        assert second[0] == 400
        assert (await client.poll())[0] == 400

    async def test_a_poll_that_is_given_up_ends_the_session(self, client: Client) -> None:
        await client.open()
        poll = asyncio.create_task(client.poll())
        await asyncio.sleep(0.05)
        poll.cancel()
        await asyncio.gather(poll, return_exceptions=True)
        assert (await client.poll())[0] == 400

    async def test_a_body_beyond_the_limit_is_too_large(self, client: Client) -> None:
        await client.open()
        status, _ = await client.post("4" + "a" * 1_000_000)
        assert status == 413

    async def test_a_body_at_the_limit_is_taken(self, client: Client) -> None:
        await client.open()
        message = "4" + "a" * 999_999
        assert (await client.post(message))[0] == 200
        assert await client.poll() == (200, message)

    async def test_many_packets_in_one_body_all_arrive(self, client: Client) -> None:
        await client.open()
        payload = "\x1e".join(f"4{number}" for number in range(200))
        assert (await client.post(payload))[0] == 200
        assert await client.poll() == (200, payload)

    async def test_the_client_closes(self, client: Client) -> None:
        await client.open()
        waiting = asyncio.create_task(client.poll())
        assert await client.post("1") == (200, "ok")
        assert await waiting == (200, "6")
        assert (await client.poll())[0] == 400


class TestWebSocket:
    async def test_texts_and_bytes_come_back_as_they_were_sent(self, client: Client) -> None:
        async with await client.websocket() as socket:
            await socket.receive_str()
            await socket.send_str("4hello")
            assert await socket.receive_str() == "4hello"
            await socket.send_bytes(b"\x01\x02\x03\x04")
            assert await socket.receive_bytes() == b"\x01\x02\x03\x04"

    @pytest.mark.parametrize("message", ["abc", "", "0{}", "5"])
    async def test_what_is_no_packet_ends_the_session(self, client: Client, message: str) -> None:
        async with await client.websocket() as socket:
            await socket.receive_str()
            await socket.send_str(message)
            assert await closed(socket)

    async def test_a_message_beyond_the_limit_ends_the_session(self, client: Client) -> None:
        async with await client.websocket() as socket:
            await socket.receive_str()
            await socket.send_str("4" + "a" * 1_000_000)
            assert await closed(socket)

    async def test_the_client_closes(self, client: Client) -> None:
        async with await client.websocket() as socket:
            await socket.receive_str()
            await socket.send_str("1")
            assert await closed(socket)


class TestHeartbeat:
    # Both enter a namespace first: at /socket.io/ whoever is in none is not kept for as long as three beats take.

    @PATHS
    async def test_pongs_keep_a_polling_session(self, http: Http, origin: str, path: str) -> None:
        client = Client(http, origin, path)
        await client.open()
        await client.post("40")
        for _ in range(3):
            packets: list[str] = []
            while "2" not in packets:
                status, body = await client.poll()
                assert status == 200
                packets = body.split("\x1e")
            assert (await client.post("3"))[0] == 200

    @PATHS
    async def test_pongs_keep_a_websocket(self, http: Http, origin: str, path: str) -> None:
        async with await Client(http, origin, path).websocket() as socket:
            await socket.send_str("40")
            for _ in range(3):
                while await socket.receive_str() != "2":
                    pass
                await socket.send_str("3")

    async def test_a_silent_polling_session_is_over_at_the_very_deadline(self, client: Client) -> None:
        await client.open()
        # The silence itself is what is tested.
        await asyncio.sleep(0.5)
        assert (await client.poll())[0] == 400

    async def test_a_silent_websocket_is_closed(self, client: Client) -> None:
        async with await client.websocket() as socket:
            assert await closed(socket)


class TestUpgrade:
    @PATHS
    async def test_a_session_moves_to_a_websocket(self, http: Http, origin: str, path: str) -> None:
        client = Client(http, origin, path)
        await client.open()
        async with await client.upgrading() as socket:
            await socket.send_str("2probe")
            assert await socket.receive_str() == "3probe"
            assert await client.poll() == (200, "6")
            await socket.send_str("5")
            assert await socket.receive_str() == "2"

    async def test_what_no_poll_has_taken_comes_over_the_websocket_first(self, client: Client) -> None:
        await client.open()
        async with await client.upgrading() as socket:
            await socket.send_str("2probe")
            await socket.receive_str()
            await client.post("4one\x1e4two")
            await socket.send_str("5")
            await socket.send_str("4three")
            assert [await socket.receive_str() for _ in range(3)] == ["4one", "4two", "4three"]

    async def test_a_waiting_poll_is_let_go(self, client: Client) -> None:
        await client.open()
        waiting = asyncio.create_task(client.poll())
        async with await client.upgrading() as socket:
            await socket.send_str("2probe")
            assert await waiting == (200, "6")

    async def test_polling_is_over_after_the_upgrade(self, client: Client) -> None:
        await client.open()
        async with await client.upgrading() as socket:
            await socket.send_str("2probe")
            await socket.receive_str()
            await socket.send_str("5")
            await socket.send_str("4hello")
            assert await socket.receive_str() == "4hello"
            assert (await client.poll())[0] == 400
            await socket.send_str("4again")
            assert await socket.receive_str() == "4again"

    async def test_a_second_websocket_is_closed_and_the_first_goes_on(self, client: Client) -> None:
        await client.open()
        async with await client.upgrading() as socket:
            await socket.send_str("2probe")
            await socket.receive_str()
            async with await client.upgrading() as second:
                assert await closed(second)
            await socket.send_str("5")
            async with await client.upgrading() as third:
                assert await closed(third)
            await socket.send_str("4hello")
            assert await socket.receive_str() == "4hello"

    @pytest.mark.parametrize("instead", ["4hello", "2", "abc"])
    async def test_a_websocket_that_does_not_probe_is_closed_and_polling_goes_on(
        self, client: Client, instead: str
    ) -> None:
        await client.open()
        async with await client.upgrading() as socket:
            await socket.send_str(instead)
            assert await closed(socket)
        await client.post("4hello")
        assert await client.poll() == (200, "4hello")

    async def test_a_websocket_that_goes_after_its_probe_leaves_polling_as_it_was(self, client: Client) -> None:
        await client.open()
        async with await client.upgrading() as socket:
            await socket.send_str("2probe")
            await socket.receive_str()
        async with await client.upgrading() as socket:
            await socket.send_str("2probe")
            assert await socket.receive_str() == "3probe"


class TestCrossOrigin:
    async def test_a_foreign_page_may_read_but_brings_no_cookies(self, http: Http, origin: str) -> None:
        headers = {"Origin": "https://elsewhere.example"}
        async with http.get(f"{origin}/engine.io/?EIO=4&transport=polling", headers=headers) as response:
            assert response.headers["Access-Control-Allow-Origin"] == "*"
            assert "Access-Control-Allow-Credentials" not in response.headers

    async def test_a_refusal_may_be_read_too(self, http: Http, origin: str) -> None:
        async with http.get(f"{origin}/engine.io/", headers={"Origin": "https://elsewhere.example"}) as response:
            assert response.status == 400
            assert response.headers["Access-Control-Allow-Origin"] == "*"

    async def test_the_question_before_is_answered(self, http: Http, origin: str) -> None:
        headers = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
        async with http.options(f"{origin}/engine.io/?EIO=4&transport=polling", headers=headers) as response:
            assert response.status == 204
            assert "POST" in response.headers["Access-Control-Allow-Methods"]
