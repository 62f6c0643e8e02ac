"""Whatever a unit of work does, the log holds exactly what was not rolled back, densely and in order."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass

import msgspec
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import realtime
from realtime.log.events import StoredEvent
from realtime.log.reading import heads, read_page
from realtime.testing.capture import capture_events
from tests.realtime.examples import BenchRoom, Spoken

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Say:
    room: int


@dataclass(frozen=True)
class Block:
    """A savepoint, or a whole unit of work at the top; `fails` at its end."""

    kind: Callable[[], AbstractContextManager[object]]
    steps: "list[Say | Block]"
    fails: bool


class Failing(Exception):
    """What a block raises that fails."""


say = st.builds(Say, room=st.integers(1, 3))
kinds = st.sampled_from([realtime.atomic, transaction.atomic])
steps = st.recursive(
    st.lists(say, max_size=3),
    lambda inner: st.lists(say | st.builds(Block, kind=kinds, steps=inner, fails=st.booleans()), max_size=4),
    max_leaves=8,
)
units = st.builds(Block, kind=st.just(realtime.atomic), steps=steps, fails=st.booleans())


def carry_out(block: Block, said: list[tuple[int, str]]) -> None:
    """Runs a block and appends to `said` what it leaves behind, as (room, text)."""
    kept: list[tuple[int, str]] = []
    with suppress(Failing), block.kind():
        for step in block.steps:
            if isinstance(step, Block):
                carry_out(step, kept)
            else:
                text = f"{len(said)}.{len(kept)}"
                realtime.emit(BenchRoom(step.room), Spoken(text=text))
                kept.append((step.room, text))
        if block.fails:
            raise Failing
    if not block.fails:
        said.extend(kept)


@given(st.lists(units | say, max_size=6))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_log_holds_exactly_what_was_committed(program: list[Block | Say]) -> None:
    rooms = [BenchRoom(number).name for number in (1, 2, 3)]
    before = heads(rooms)
    said: list[tuple[int, str]] = []
    with capture_events() as captured:
        for step in program:
            carry_out(step if isinstance(step, Block) else Block(realtime.atomic, [step], fails=False), said)
    after = heads(rooms)
    for number, room in enumerate(rooms, start=1):
        first = before[room].seq
        expected = [text for said_in, text in said if said_in == number]
        stored = read_page(room, first, after[room].seq, 1000)  # refuses what is not dense
        assert [msgspec.json.decode(event.payload, type=Spoken).text for event in stored] == expected
        assert [event for event in captured.events if event.room == room] == stored
        assert all(isinstance(event, StoredEvent) for event in captured.events)
