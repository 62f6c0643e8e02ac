"""What JSON can write and no text can be: half an emoji, NUL, broken UTF-8. Nobody's connection ends by it."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.doors.engineio.packets import decode_payload
from realtime.hub import Hub
from realtime.transport.scalars import scalars_only
from tests.realtime.doors.in_process import Open, open_socket
from tests.realtime.halls import Connect, connect, hub

__all__ = ["connect", "hub", "open_socket"]

ANY_TEXT = st.text(st.characters(), max_size=20) | st.text(
    st.characters(min_codepoint=0xD7F0, max_codepoint=0xE010) | st.sampled_from('\x00\\ud80"'),
    max_size=20,
)

HALF, NUL = "What a day \ud83d", "What a\x00 day"


def expected(text: str) -> str:
    """Returns the text with U+FFFF for each half that stands alone, and for each NUL."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")  # joins neighbours
    return "".join("\uffff" if "\ud800" <= letter <= "\udfff" or letter == "\x00" else letter for letter in whole)


@given(ANY_TEXT)
def test_any_text_that_json_can_write_is_read_and_only_what_is_no_character_is_changed(text: str) -> None:
    assert msgspec.json.decode(scalars_only(json.dumps({text: [text]}))) == {expected(text): [expected(text)]}


@pytest.mark.parametrize(
    "written", [r'"\uD83D"', r'"\uDE00x"', r'"\uD83D\uD83D\uDE00"', r'"\\\ud83d"', r'"\ud83d\u0041"']
)
def test_halves_are_found_however_they_are_written(written: str) -> None:
    assert "\uffff" in msgspec.json.decode(scalars_only(written))


@pytest.mark.parametrize("written", [r'"\\ud83d"', r'"\\u0000"', r'"\ud83d\ude00"', r'"\uD83D\uDE00"', '"\u00e9"'])
def test_what_only_looks_like_one_is_left_alone(written: str) -> None:
    assert scalars_only(written) == written


@pytest.mark.parametrize("broken", ['"\\', '"\\u', '"\\ud8', '"\\ud83d', '"\\u000'])
def test_what_is_cut_off_in_the_middle_stays_broken(broken: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(scalars_only(broken))


@pytest.mark.parametrize("body", [b'42["e","a\xed\xa0\xbdb"]', b'42["e","a\xffb"]', b'42["e","\xe2\x82"]'])
def test_a_polled_body_that_is_not_utf8_loses_its_letter_and_nothing_else(body: bytes) -> None:
    [packet] = decode_payload(body)
    assert packet.data == body[1:].decode(errors="replace")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("text", [HALF, NUL], ids=["half an emoji", "NUL"])
class TestDoors:
    async def test_half_an_emoji_in_a_command_is_answered_under_its_own_id(self, connect: Connect, text: str) -> None:
        client = await connect(token="7")
        await client.tell("hall:join", {"hallId": 1})
        answer = await client.ask("hall:say", {"hallId": 1, "text": text}, request_id="mine")
        assert (answer["requestId"], answer["success"]) == ("mine", True)
        assert (await client.event("hall:said"))["payload"] == {"text": expected(text)}
        assert (await client.ask("session:ping"))["success"]

    async def test_it_closes_no_namespace(self, open_socket: Open, text: str) -> None:
        client = await open_socket()
        for namespace in ("/halls", "/members"):
            await client.enter(namespace, token="7")
        await client.ask("/halls", "hall:join", {"hallId": 1})
        said = await client.ask("/halls", "hall:say", {"hallId": 1, "text": text}, {"requestId": "mine"})
        assert said["success"], said
        await client.until(lambda: client.said() == [expected(text)])
        assert (await client.ask("/members", "session:ping", {}))["success"]
        assert client.closed is None

    @pytest.mark.parametrize(
        ("name", "payload", "code"),
        [
            ("hall:say{}", {"hallId": 1, "text": "x"}, "UNKNOWN_COMMAND"),
            ("hall:say", {"hallId": 1, "te{}xt": "x"}, "VALIDATION"),
            ("room:subscribe", {"room": "hall:1{}"}, "NOT_FOUND"),
            ("auth:refresh", {"token": "7{}"}, "UNAUTHENTICATED"),
        ],
        ids=["event name", "key", "room name", "token"],
    )
    @pytest.mark.parametrize("door", ["json", "socket.io"])
    async def test_no_name_or_key_is_taken_for_another(
        self, connect: Connect, open_socket: Open, text: str, door: str, name: str, payload: Any, code: str
    ) -> None:
        odd = text[-1] if text == HALF else "\x00"
        name, payload = name.format(odd), json.loads(json.dumps(payload).replace("{}", json.dumps(odd)[1:-1]))
        if door == "json":
            answer = await (await connect(token="7")).ask(name, payload)
        else:
            client = await open_socket()
            await client.enter("/halls", token="7")
            answer = await client.ask("/halls", name, payload)
        assert answer["error"]["code"] == code, answer

    async def test_ids_of_requests_are_kept_and_compared_all_the_same(self, connect: Connect, text: str) -> None:
        client = await connect(token="7")
        await client.send({"requestId": text, "type": "hall:say", "payload": {"hallId": 1, "text": "once"}})
        first = await client.wait(lambda frame: "success" in frame)
        assert (first["requestId"], first["success"]) == (expected(text), True)

    async def test_an_ack_of_the_client_may_hold_it(self, open_socket: Open, hub: Hub, text: str) -> None:
        client = await open_socket()
        await client.enter("/halls", token="7", name=text)
        await client.send(f"3/halls,1{json.dumps([text])}")
        assert (await client.ask("/halls", "session:ping", {}))["success"]

    async def test_a_resuming_may_hold_it(self, connect: Connect, text: str) -> None:
        client = await connect(query="resume")
        answer = await client.ask("session:resume", {"rooms": {f"hall:1{text}": {"epoch": text, "seq": 1}}})
        assert answer["success"]
        assert (await client.ask("session:ping"))["success"]
