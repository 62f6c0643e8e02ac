"""Hints: what processes tell each other."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.log.events import EphemeralEvent, OutgoingEvent, StoredEvent
from realtime.log.hints import ORIGIN, Hint, decode, encode, group_name
from realtime.log.installation import database_id

text = st.text(max_size=20)
number = st.integers(min_value=0, max_value=2**63 - 1)
durable = st.builds(
    StoredEvent,
    room=text,
    epoch=text,
    seq=number,
    type=text,
    payload=st.binary(max_size=50),
    created_at_ms=number,
    internal=st.booleans(),
    ref=text,
    actor_id=st.none() | number,
    skip=st.none() | text,
)
ephemeral = st.builds(
    EphemeralEvent,
    room=text,
    type=text,
    payload=st.binary(max_size=50),
    event_id=text,
    created_at_ms=number,
    key=st.none() | text,
    version=number,
    skip=st.none() | text | st.lists(text, max_size=3).map(tuple),
    to=st.none() | text,
)


@pytest.mark.either_database
@given(st.lists(durable | ephemeral, max_size=5))
def test_what_is_encoded_comes_back(events: list[OutgoingEvent]) -> None:
    assert decode(encode(events)) == Hint(ORIGIN, events)


@pytest.mark.either_database
@given(st.binary(max_size=200))
def test_anything_else_is_only_a_wake_up(noise: bytes) -> None:
    assert decode(noise) is None or noise[:1] == b"\x01"
    assert decode(b"\x02" + encode([])[1:]) is None
    assert decode(b"\x01" + msgspec.msgpack.encode({"origin": 1})) is None


@pytest.mark.django_db
def test_group_names_fit_the_layer_and_differ_between_installations(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = group_name("book:1")
    assert re.fullmatch(r"[a-zA-Z0-9_.-]{1,99}", ours)
    assert ours == f"lv.{database_id()}.{ours.rsplit('.', 1)[1]}"
    assert group_name("book:2") != ours
    monkeypatch.setattr("realtime.log.hints.database_id", lambda: "another")
    assert group_name("book:1") != ours
