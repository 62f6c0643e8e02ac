"""Answers that a room goes on from."""

import pytest

import realtime
from livrya.kit.api.instants import position
from livrya.site.announcements import services
from livrya.site.announcements.events import BroadcastRoom

pytestmark = pytest.mark.django_db


def test_the_position_is_the_rooms_at_that_instant_as_joining_takes_it() -> None:
    room = BroadcastRoom()
    services.announce(actor=None, text="Hello")
    with realtime.snapshot() as instant:
        before = position(instant, room)
    services.announce(actor=None, text="Again")
    with realtime.snapshot() as instant:
        after = position(instant, room)
    assert set(before) == {"epoch", "seq"}
    assert after == before | {"seq": before["seq"] + 1}
