"""The unit of work: an event exists if and only if its transaction committed."""

import pytest
from django.db import transaction

import realtime
from realtime.models import Event, RoomHead
from realtime.reading import heads, read_page
from realtime.writing import ForeignTransaction
from tests.realtime.examples import BenchRoom, Poke, Spoken

pytestmark = pytest.mark.django_db(transaction=True)


def spoken(room: BenchRoom) -> list[tuple[int, str]]:
    return list(Event.objects.filter(room=room.name).order_by("seq").values_list("seq", "payload"))


def test_an_event_is_stored_with_the_next_number_of_its_room() -> None:
    realtime.emit(BenchRoom(1), Spoken(text="one"))
    realtime.emit(BenchRoom(1), Spoken(text="two"))
    realtime.emit(BenchRoom(2), Spoken(text="elsewhere"))
    assert spoken(BenchRoom(1)) == [(1, '{"text":"one"}'), (2, '{"text":"two"}')]
    assert spoken(BenchRoom(2)) == [(1, '{"text":"elsewhere"}')]
