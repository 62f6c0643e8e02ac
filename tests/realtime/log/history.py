"""A room's history, written some days ago."""

import time

import realtime
from realtime.log.reading import Head, heads
from realtime.models import Event, RoomHead
from tests.realtime.examples import BenchRoom, Spoken

DAY_MS = 86_400_000


def speak(room: int, count: int, *, days_ago: int = 0) -> None:
    for _ in range(count):
        realtime.emit(BenchRoom(room), Spoken(text="hello"))
    last = RoomHead.objects.get(room=f"bench:{room}").seq
    Event.objects.filter(room=f"bench:{room}", seq__gt=last - count).update(
        created_at_ms=time.time_ns() // 1_000_000 - days_ago * DAY_MS
    )


def head(room: int) -> Head:
    return heads([f"bench:{room}"])[f"bench:{room}"]
