"""Socket.IO as its protocol has it, at a real server: what the official suite asks."""

import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.conformance.test_engineio import closed

pytestmark = [pytest.mark.live, pytest.mark.either_database]

Http = aiohttp.ClientSession
Socket = aiohttp.ClientWebSocketResponse


@pytest.fixture
async def socket(http: Http, origin: str) -> AsyncIterator[Socket]:
    """A WebSocket behind its Engine.IO handshake."""
    async with http.ws_connect(f"{origin}/socket.io/?EIO=4&transport=websocket") as opened:
        await opened.receive_str()
        yield opened


async def text(socket: Socket) -> str:
    """Returns the next text that is no heartbeat."""
    while (received := await socket.receive_str()) == "2":
        await socket.send_str("3")
    return received


async def connect(socket: Socket, namespace: str = "") -> None:
    await socket.send_str(f"40{namespace}")
    await text(socket)
    await text(socket)


class TestConnect:
    @pytest.mark.parametrize(
        ("asked", "accepted", "auth"),
        [
            ("40", "40", '42["auth",{}]'),
            ('40{"token":"123"}', "40", '42["auth",{"token":"123"}]'),
            ("40/custom,", "40/custom,", '42/custom,["auth",{}]'),
            ("40/custom", "40/custom,", '42/custom,["auth",{}]'),
            ('40/custom,{"token":"abc"}', "40/custom,", '42/custom,["auth",{"token":"abc"}]'),
        ],
    )
    async def test_a_namespace_takes_the_client_and_what_it_gives(
        self, socket: Socket, asked: str, accepted: str, auth: str
    ) -> None:
        await socket.send_str(asked)
        answer = await text(socket)
        assert answer.startswith(accepted)
        assert json.loads(answer.removeprefix(accepted)).keys() == {"sid"}
        assert await text(socket) == auth

    async def test_an_unknown_namespace_is_refused_in_the_protocols_words(self, socket: Socket) -> None:
        await socket.send_str("40/random")
        assert await text(socket) == '44/random,{"message":"Invalid namespace"}'

    async def test_a_refused_namespace_leaves_the_others_alone(self, socket: Socket) -> None:
        await connect(socket)
        await socket.send_str("40/random")
        await text(socket)
        await socket.send_str('42["message","still here"]')
        assert await text(socket) == '42["message-back","still here"]'

    @pytest.mark.parametrize("packet", ["4abc", '42["message"]', "43[1]", '44{"message":"no"}', "40[]", "40{"])
    async def test_what_is_no_handshake_closes_the_connection(self, socket: Socket, packet: str) -> None:
        await socket.send_str(packet)
        assert await closed(socket)

    async def test_a_client_that_does_not_connect_is_closed(self, socket: Socket) -> None:
        while True:
            message = await socket.receive(timeout=5)
            if message.type is not aiohttp.WSMsgType.TEXT:
                break
            await socket.send_str("3")
        assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)

    async def test_a_namespace_is_entered_once(self, socket: Socket) -> None:
        await connect(socket)
        await socket.send_str("40")
        assert await closed(socket)


class TestDisconnect:
    async def test_the_connection_stays_when_its_namespace_is_left(self, socket: Socket) -> None:
        await connect(socket)
        await socket.send_str("41")
        assert await socket.receive_str() == "2"

    async def test_leaving_one_namespace_leaves_the_others(self, socket: Socket) -> None:
        await connect(socket)
        await connect(socket, "/custom")
        await socket.send_str("41/custom")
        await socket.send_str('42["message","message to main namespace"]')
        assert await text(socket) == '42["message-back","message to main namespace"]'

    async def test_a_namespace_that_was_left_can_be_entered_again(self, socket: Socket) -> None:
        await connect(socket)
        await socket.send_str("41")
        await connect(socket)


class TestMessages:
    async def test_arguments_come_back_byte_for_byte(self, socket: Socket) -> None:
        await connect(socket)
        await socket.send_str('42["message",1,"2",{"3":[true]}]')
        assert await text(socket) == '42["message-back",1,"2",{"3":[true]}]'

    async def test_an_ack_comes_back_to_its_own_number(self, socket: Socket) -> None:
        await connect(socket)
        await socket.send_str('42456["message-with-ack",1,"2",{"3":[false]}]')
        assert await text(socket) == '43456[1,"2",{"3":[false]}]'

    @pytest.mark.parametrize(
        ("sent", "back"),
        [
            ('452-["message",', '452-["message-back",'),
            ('452-789["message-with-ack",', "462-789["),
        ],
    )
    async def test_attachments_come_back_in_their_order(self, socket: Socket, sent: str, back: str) -> None:
        placeholders = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'
        await connect(socket)
        await socket.send_str(sent + placeholders)
        await socket.send_bytes(b"\x01\x02\x03")
        await socket.send_bytes(b"\x04\x05\x06")
        assert await text(socket) == back + placeholders
        assert await socket.receive_bytes() == b"\x01\x02\x03"
        assert await socket.receive_bytes() == b"\x04\x05\x06"

    @pytest.mark.parametrize("packet", ["4abc", "42{}", '42abc["message-with-ack",1,"2",{"3":[false]}]', "42[]", "47"])
    async def test_what_is_no_packet_closes_the_connection(self, socket: Socket, packet: str) -> None:
        await connect(socket)
        await socket.send_str(packet)
        assert await closed(socket)

    async def test_bytes_that_nothing_announced_close_the_connection(self, socket: Socket) -> None:
        await connect(socket)
        await socket.send_bytes(b"1")
        assert await closed(socket)

    async def test_an_event_to_a_namespace_that_was_not_entered_closes_the_connection(self, socket: Socket) -> None:
        await connect(socket)
        await socket.send_str('42/custom,["message"]')
        assert await closed(socket)

    async def test_an_ack_that_nobody_asked_for_is_passed_over(self, socket: Socket) -> None:
        await connect(socket)
        await socket.send_str("437[1]")
        await socket.send_str('42["message","still here"]')
        assert await text(socket) == '42["message-back","still here"]'


class TestAsking:
    async def test_the_server_asks_and_the_clients_ack_answers(self, socket: Socket) -> None:
        await connect(socket)
        await socket.send_str('42["ask-me","why"]')
        assert await text(socket) == '421["question","why"]'
        await socket.send_str('431["because",{"it":"is"}]')
        assert await text(socket) == '42["answered","because",{"it":"is"}]'

    async def test_a_client_that_does_not_answer_is_not_waited_for_for_ever(self, socket: Socket) -> None:
        await connect(socket)
        await socket.send_str('42["ask-me"]')
        assert await text(socket) == '421["question"]'
        name, error = json.loads((await text(socket)).removeprefix("42"))
        assert (name, error["code"]) == ("answered", "UNAVAILABLE")

    async def test_bytes_are_asked_and_answered(self, socket: Socket) -> None:
        await connect(socket)
        await socket.send_str('451-["ask-me",{"_placeholder":true,"num":0}]')
        await socket.send_bytes(b"\x01")
        assert await text(socket) == '451-1["question",{"_placeholder":true,"num":0}]'
        assert await socket.receive_bytes() == b"\x01"
        await socket.send_str('461-1[{"_placeholder":true,"num":0}]')
        await socket.send_bytes(b"\x02")
        assert await text(socket) == '451-["answered",{"_placeholder":true,"num":0}]'
        assert await socket.receive_bytes() == b"\x02"
