"""The Socket.IO codec: what goes in comes out, garbage is one declared error, nothing grows without bound."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.doors.errors import MalformedPacket
from realtime.doors.socketio.packets import (
    MAX_ATTACHMENTS,
    MAX_NESTING,
    RESERVED_EVENTS,
    Decoder,
    PacketType,
    SocketPacket,
    encode,
)

# Halves of pairs and NUL are no text to the other side; see tests/realtime/transport/test_scalars.py.
texts = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=10)
plain = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts
values = st.recursive(
    plain | st.binary(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(texts.filter(lambda key: key != "_placeholder"), inner, max_size=3)
    ),
    max_leaves=MAX_ATTACHMENTS,
)
namespaces = st.just("/") | st.text("abcz-_/", min_size=1, max_size=10).map("/{}".format)
ids = st.none() | st.integers(0, 10**15 - 1)
names = texts.filter(lambda name: name not in RESERVED_EVENTS)
sent_packets = st.one_of(
    st.builds(
        SocketPacket, st.just(PacketType.CONNECT), namespaces, st.none() | st.dictionaries(texts, plain, max_size=3)
    ),
    st.builds(SocketPacket, st.just(PacketType.DISCONNECT), namespaces),
    st.builds(
        SocketPacket,
        st.just(PacketType.EVENT),
        namespaces,
        st.builds(lambda name, rest: [name, *rest], names, st.lists(values, max_size=3)),
        ids,
    ),
    st.builds(
        SocketPacket, st.just(PacketType.ACK), namespaces, st.lists(values, max_size=3), st.integers(0, 10**15 - 1)
    ),
)


def feed(*messages: str | bytes, max_bytes: int = 100_000) -> SocketPacket | None:
    decoder = Decoder(max_bytes=max_bytes)
    packet = None
    for message in messages:
        packet = decoder.feed(message)
    return packet


@given(sent_packets)
def test_a_packet_survives_the_wire(packet: SocketPacket) -> None:
    messages = encode(packet)
    if len(messages) - 1 <= MAX_ATTACHMENTS:
        assert feed(*messages) == packet


json_noise = st.text('[]{}",:0123456789-/abe_placeholdernumtrue ', max_size=60)
noise = st.one_of(
    st.text(max_size=40),
    st.binary(max_size=40),
    st.builds("{}{}".format, st.integers(0, 7), json_noise),
    st.builds("5{}-{}{}".format, st.integers(0, 20), st.sampled_from(["", "/a,", "12"]), json_noise),
    values.map(lambda value: "51-" + json.dumps(["e", value], default=lambda _: {"_placeholder": True, "num": 0})),
)


@given(st.lists(noise, max_size=6))
def test_garbage_is_packets_or_malformed_and_nothing_else(messages: list[Any]) -> None:
    decoder = Decoder(max_bytes=1000)
    try:
        for message in messages:
            decoder.feed(message)
    except MalformedPacket:
        pass


@pytest.mark.parametrize("depth", [MAX_NESTING + 1, 5_000, 200_000])
@pytest.mark.parametrize("head", ["2", "51-", "0"])
def test_nesting_without_bound_is_malformed_whatever_its_depth(head: str, depth: int) -> None:
    opened, closed = ('{"a":', "}") if head == "0" else ("[", "]")
    inside = opened * depth + "1" + closed * depth
    with pytest.raises(MalformedPacket):
        feed(f'{head}["e",{inside}]' if head != "0" else f"{head}{inside}", b"1")


@given(st.lists(st.text(st.sampled_from('[]{}"\\a'), max_size=4), min_size=1), st.sampled_from([1, MAX_NESTING + 8]))
def test_brackets_in_strings_are_no_nesting(strings: list[str], depth: int) -> None:
    nested: Any = strings
    for _ in range(depth):
        nested = [nested, *strings]
    packet = "2" + json.dumps(["e", [[]] * MAX_NESTING, nested])
    if depth > 1:
        with pytest.raises(MalformedPacket):
            feed(packet)
    else:
        assert feed(packet) == SocketPacket(PacketType.EVENT, "/", json.loads(packet[1:]))


def test_many_brackets_that_are_not_deep_are_fine() -> None:
    flat = [[] for _ in range(10 * MAX_NESTING)]
    assert feed("2" + json.dumps(["e", flat])) == SocketPacket(PacketType.EVENT, "/", ["e", flat])


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "",
        "7",
        "٣",
        "2",
        "2{}",
        "2[]",
        '2[{"a":1}]',
        "2[1]",
        '2abc["message-with-ack",1]',
        '2["connect"]',
        '2["disconnecting"]',
        '2["e"',
        "0[]",
        '0"token"',
        "012",
        "1{}",
        "3[1]",
        "312{}",
        '5["e"]',
        '52["e",1]',
        '21-["e"]',
        '2["e"]["f"]',
        '21234567890123456["e"]',
        f'5{MAX_ATTACHMENTS + 1}-["e"]',
        '51-["e"',
        "0/" + "n" * 200 + ",",
    ],
)
def test_a_broken_text_is_malformed(text: str) -> None:
    with pytest.raises(MalformedPacket):
        feed(text)


@pytest.mark.parametrize(
    "messages",
    [
        (b"alone",),
        ('51-["e",1]', '2["before its attachment"]'),
        ('51-["e",{"_placeholder":true,"num":1}]', b"1"),
        ('51-["e",{"_placeholder":true,"num":-1}]', b"1"),
        ('51-["e",{"_placeholder":true,"num":"0"}]', b"1"),
        ('51-["e",{"_placeholder":true,"num":true}]', b"1"),
        ('51-["e",{"_placeholder":true}]', b"1"),
        ('51-["e"]', b"unused"),
        ('51-["e",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]', b"twice"),
        ('51-["e",{"_placeholder":true,"num":0}]', b"1" * 1000),
    ],
)
def test_attachments_that_do_not_fit_their_placeholders_are_malformed(messages: tuple[str | bytes, ...]) -> None:
    with pytest.raises(MalformedPacket):
        feed(*messages, max_bytes=500)


def test_attachments_come_in_their_places() -> None:
    packet = feed(
        '52-/admin,7["e",{"at":{"_placeholder":true,"num":1}},{"_placeholder":true,"num":0}]',
        b"first",
        b"second",
    )
    assert packet == SocketPacket(PacketType.EVENT, "/admin", ["e", {"at": b"second"}, b"first"], 7)


def test_a_binary_event_without_attachments_is_an_ordinary_one() -> None:
    assert feed('50-["e"]') == SocketPacket(PacketType.EVENT, "/", ["e"])


def test_a_text_that_looks_like_a_placeholder_is_left_alone() -> None:
    assert feed('2["e",{"_placeholder":true,"num":0}]') == SocketPacket(
        PacketType.EVENT, "/", ["e", {"_placeholder": True, "num": 0}]
    )


@pytest.mark.parametrize(
    ("packet", "messages"),
    [
        (SocketPacket(PacketType.CONNECT, "/", {"sid": "x"}), ['0{"sid":"x"}']),
        (
            SocketPacket(PacketType.CONNECT_ERROR, "/random", {"message": "Invalid namespace"}),
            ['4/random,{"message":"Invalid namespace"}'],
        ),
        (SocketPacket(PacketType.EVENT, "/", ["m", 1, "2", {"3": [True]}]), ['2["m",1,"2",{"3":[true]}]']),
        (
            SocketPacket(PacketType.ACK, "/", [b"\x01", b"\x02"], 789),
            ['62-789[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', b"\x01", b"\x02"],
        ),
        (SocketPacket(PacketType.DISCONNECT, "/custom"), ["1/custom,"]),
    ],
)
def test_the_bytes_on_the_wire_are_the_protocols(packet: SocketPacket, messages: list[str | bytes]) -> None:
    assert encode(packet) == messages


def test_a_namespace_needs_no_comma_when_nothing_follows() -> None:
    assert feed("0/custom") == SocketPacket(PacketType.CONNECT, "/custom")
