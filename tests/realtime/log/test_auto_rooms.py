"""That a person's automatic rooms are others now is noted in their own room, for hubs alone."""

from types import SimpleNamespace

import pytest

import realtime
from realtime.contracts import event_contract
from realtime.log.auto_rooms import RoomsChanged, refresh_rooms
from realtime.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


def noted() -> list[tuple[str, str, bool]]:
    return [(event.room, event.type, event.internal) for event in Event.objects.order_by("seq")]


@pytest.mark.parametrize("user", [7, SimpleNamespace(pk=7)], ids=["by id", "as a person"])
def test_hubs_are_told_in_the_persons_own_room_and_clients_are_not(user: int) -> None:
    refresh_rooms(user)
    assert noted() == [("user:7", event_contract(RoomsChanged).name, True)]


def test_nothing_is_told_of_a_change_that_was_taken_back() -> None:
    with pytest.raises(ZeroDivisionError), realtime.atomic():
        refresh_rooms(7)
        1 / 0  # noqa: B018  # any failure
    assert noted() == []
