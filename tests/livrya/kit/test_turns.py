"""Turns at work that is dear."""

import threading

import pytest

from livrya.kit.turns import RETRY_MS, Turns
from realtime.errors import Unavailable

pytestmark = pytest.mark.either_database

NEVER_SECONDS = 60


def test_who_waits_too_long_for_a_turn_may_come_again() -> None:
    turns = Turns(at_once=1, waiting=1, seconds=0, refusal="Later.")
    with turns.taken(), pytest.raises(Unavailable), turns.taken():
        pass
    with turns.taken():
        pass


def test_few_are_inside_few_wait_and_the_others_may_come_again() -> None:
    turns = Turns(at_once=2, waiting=1, seconds=NEVER_SECONDS, refusal="Later.")
    entered, leave = threading.Semaphore(0), threading.Event()

    def work() -> None:
        with turns.taken():
            entered.release()
            leave.wait(NEVER_SECONDS)

    people = [threading.Thread(target=work) for _ in range(3)]
    for one in people:
        one.start()
    for _ in range(2):
        assert entered.acquire(timeout=NEVER_SECONDS)
    assert not entered.acquire(blocking=False)  # the third one waits
    while turns._places.acquire(blocking=False):
        turns._places.release()  # until it stands before the door
    with pytest.raises(Unavailable) as refused, turns.taken():
        pass
    assert str(refused.value) == "Later."
    assert refused.value.retry_after_ms == RETRY_MS
    leave.set()
    for one in people:
        one.join(NEVER_SECONDS)
    assert entered.acquire(blocking=False)  # its turn came


def test_who_fails_inside_gives_the_turn_back() -> None:
    turns = Turns(at_once=1, waiting=0, seconds=0, refusal="Later.")
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), turns.taken():
            raise ZeroDivisionError
