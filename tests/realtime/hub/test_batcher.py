"""What is asked while something is under way is the next batch: in order, bounded, and each for itself."""

import asyncio
from collections.abc import Sequence

import pytest

from realtime.errors import Unavailable
from realtime.hub import batcher as module
from realtime.hub.batcher import Batcher

pytestmark = pytest.mark.either_database


class Clerk:
    """Answers each number with its double, and an odd one of 100 with an error; a batch waits until it is let go."""

    def __init__(self, *, most: int = 500) -> None:
        self.goes: list[list[int]] = []
        self.fails = False
        self.let_go = asyncio.Event()
        self.batcher: Batcher[int, int] = Batcher(self.carry_out, most=most)

    async def carry_out(self, numbers: list[int]) -> Sequence[int | Exception]:
        self.goes.append(numbers)
        await self.let_go.wait()
        if self.fails:
            raise LookupError
        return [ValueError(number) if number > 100 else 2 * number for number in numbers]

    async def begins(self) -> None:
        while not self.goes:  # noqa: ASYNC110  # nothing announces it
            await asyncio.sleep(0)


async def test_what_is_asked_meanwhile_is_the_next_go_in_the_order_of_asking() -> None:
    clerk = Clerk(most=3)
    first = clerk.batcher.ask(1)
    await clerk.begins()
    later = [clerk.batcher.ask(number) for number in (5, 4, 3, 2)]
    clerk.let_go.set()
    assert await asyncio.gather(first, *later) == [2, 10, 8, 6, 4]
    assert clerk.goes == [[1], [5, 4, 3], [2]]


async def test_who_leaves_takes_nothing_from_the_others_and_is_not_asked_for() -> None:
    clerk = Clerk()
    first, under_way = clerk.batcher.ask(1), clerk.batcher.ask(2)
    await clerk.begins()
    waiting, last = clerk.batcher.ask(3), clerk.batcher.ask(4)
    under_way.cancel()
    waiting.cancel()
    clerk.let_go.set()
    assert await asyncio.gather(first, last) == [2, 8]
    assert clerk.goes == [[1, 2], [4]]


async def test_an_error_is_its_own_questions_and_a_failed_go_is_everybodys_in_it() -> None:
    clerk = Clerk()
    clerk.let_go.set()
    results = await asyncio.gather(*[clerk.batcher.ask(number) for number in (1, 101, 2)], return_exceptions=True)
    assert [answer if isinstance(answer, int) else type(answer) for answer in results] == [2, ValueError, 4]
    clerk.fails = True
    results = await asyncio.gather(*[clerk.batcher.ask(number) for number in (1, 2)], return_exceptions=True)
    assert [type(answer) for answer in results] == [LookupError, LookupError]
    clerk.fails = False
    assert await clerk.batcher.ask(7) == 14


async def test_more_than_can_wait_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    clerk = Clerk()
    first = clerk.batcher.ask(1)
    await clerk.begins()
    waiting = [clerk.batcher.ask(number) for number in (2, 3)]
    with pytest.raises(Unavailable):
        await clerk.batcher.ask(4)
    clerk.let_go.set()
    assert await asyncio.gather(first, *waiting) == [2, 4, 6]


async def test_a_large_go_lets_others_have_their_turns_between_its_answers() -> None:
    clerk = Clerk()
    clerk.let_go.set()
    answers = [clerk.batcher.ask(1) for _ in range(300)]
    seen: list[int] = []
    while not all(answer.done() for answer in answers):
        seen.append(sum(answer.done() for answer in answers))
        await asyncio.sleep(0)
    assert max(later - earlier for earlier, later in zip(seen, [*seen[1:], 300], strict=True)) <= 50
