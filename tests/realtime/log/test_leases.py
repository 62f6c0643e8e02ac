"""A lease has one holder at a time."""

from functools import partial

import pytest
from django.db.models.functions import Now

from realtime.log import leases
from realtime.models import Lease
from tests.realtime.threads import PATIENCE_S, threads_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_holds_it_until_it_is_given_back() -> None:
    assert leases.acquire("jobs", holder="a", seconds=60)
    assert not leases.acquire("jobs", holder="b", seconds=60)
    assert leases.acquire("jobs", holder="a", seconds=60)
    leases.release("jobs", holder="b")
    assert not leases.acquire("jobs", holder="b", seconds=60)
    leases.release("jobs", holder="a")
    assert leases.acquire("jobs", holder="b", seconds=60)
    assert not leases.acquire("jobs", holder="a", seconds=60)


def test_it_passes_on_when_its_holder_is_silent_for_too_long() -> None:
    assert leases.acquire("jobs", holder="a", seconds=60)
    Lease.objects.update(expires_at=Now())
    assert leases.acquire("jobs", holder="b", seconds=60)
    assert not leases.acquire("jobs", holder="a", seconds=60)


def test_different_leases_do_not_meet() -> None:
    assert leases.acquire("jobs", holder="a", seconds=60)
    assert leases.acquire("schedule", holder="b", seconds=60)


def test_of_many_who_ask_at_once_one_gets_it() -> None:
    with threads_of(6) as threads:
        asked = [threads.run(partial(leases.acquire, "jobs", holder=str(number), seconds=60)) for number in range(6)]
        assert [future.result(PATIENCE_S) for future in asked].count(True) == 1
