"""A revocation is a durable event that only hubs hear."""

import pytest

import realtime
from realtime.contracts import event_contract
from realtime.identity import ANONYMOUS, Identity
from realtime.log.events import StoredEvent
from realtime.log.revocation import Revoked
from realtime.rooms import Grant, authorise
from realtime.testing.capture import capture_events
from tests.realtime.examples import BenchRoom

pytestmark = pytest.mark.django_db(transaction=True)

BENCH = BenchRoom(1)


def test_each_kind_is_told_where_its_hubs_listen() -> None:
    with capture_events() as captured:
        realtime.revoke(user=7, reason="banned")
        realtime.revoke(user=7, credential="session:abc")
        realtime.revoke(user=7, room=BENCH, reason="kicked")
        realtime.revoke(room=BENCH)
    assert captured.emitted() == [
        ("user:7", Revoked(user_id=7, reason="banned")),
        ("user:7", Revoked(user_id=7, credential="session:abc")),
        ("user:7", Revoked(user_id=7, room="bench:1", reason="kicked")),
        ("bench:1", Revoked(room="bench:1")),
    ]
    assert all(isinstance(event, StoredEvent) and event.internal for event in captured.events)


def test_it_is_part_of_the_transaction_that_changed_the_answer() -> None:
    with capture_events() as captured, pytest.raises(ZeroDivisionError), realtime.atomic():
        realtime.revoke(user=7)
        1 / 0  # noqa: B018  # any failure
    assert captured.events == []


def test_what_means_nothing_is_refused() -> None:
    with pytest.raises(TypeError):
        realtime.revoke(reason="nobody")
    with pytest.raises(TypeError):
        realtime.revoke(credential="session:abc")
    with pytest.raises(TypeError):
        realtime.revoke(user=7, room=BENCH, credential="session:abc")


def test_a_persons_room_is_theirs_alone() -> None:
    room = realtime.UserRoom(7)
    assert authorise(Identity(user_id=7), [room]) == {room: Grant()}
    assert authorise(Identity(user_id=8, is_staff=True), [room]) == {room: None}
    assert authorise(ANONYMOUS, [room]) == {room: None}


def test_it_is_durable_and_no_client_ever_sees_it() -> None:
    contract = event_contract(Revoked)
    assert contract.durable
    assert contract.internal
