"""A lock that is granted in the order of asking."""

from collections.abc import Iterator
from functools import partial

import pytest

from realtime.sqlite.fairlock import FairLock
from tests.realtime.threads import PATIENCE_S, Threads, threads_of, until


@pytest.fixture
def threads() -> Iterator[Threads]:
    with threads_of(6) as threads:
        yield threads


@pytest.mark.either_database
class TestTheFairLock:
    def test_is_granted_in_the_order_of_asking(self, threads: Threads) -> None:
        lock = FairLock()
        order: list[int] = []

        def take(number: int) -> None:
            assert lock.acquire(PATIENCE_S)
            order.append(number)
            lock.release()

        assert lock.acquire(PATIENCE_S)
        futures = []
        for number in range(6):
            futures.append(threads.run(partial(take, number)))
            until(lambda waiting=number + 1: len(lock.waiting) == waiting)
        lock.release()
        for future in futures:
            future.result(PATIENCE_S)
        assert order == [0, 1, 2, 3, 4, 5]

    def test_gives_up_in_time_and_stays_usable(self) -> None:
        lock = FairLock()
        assert lock.acquire(PATIENCE_S)
        assert not lock.acquire(0.01)
        assert not lock.waiting
        lock.release()
        assert lock.acquire(0.01)
