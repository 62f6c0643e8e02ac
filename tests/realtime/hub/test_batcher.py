"""One question for many: asked in one go, each answered in its turn, none from a reading that began before it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import pytest

from realtime.hub import batcher
from realtime.hub.batcher import Batcher
from realtime.hub.threads import DatabaseThreads

pytestmark = pytest.mark.django_db(transaction=True)


class Answers:
    """Answers with what `know` says, as soon as it may; `asked` are the lists that came."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.may = threading.Event()
        self.begun = threading.Semaphore(0)
        self.know: Callable[[int], int | Exception] = lambda question: 10 * question

    def __call__(self, questions: list[int]) -> list[int | Exception]:
        self.asked.append(questions)
        self.begun.release()
        assert self.may.wait(10)
        return [self.know(question) for question in questions]

    async def reading(self) -> None:
        """Waits until one more list has come."""
        assert await asyncio.to_thread(self.begun.acquire, timeout=10)


@pytest.fixture
async def threads() -> AsyncIterator[DatabaseThreads]:
    running = DatabaseThreads("test", 1, keep=True)
    yield running
    await running.stop()


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def asking(threads: DatabaseThreads, answers: Answers) -> Batcher[int, int]:
    return Batcher(threads, answers)


async def ask(asking: Batcher[int, int], *questions: int) -> list["asyncio.Task[int]"]:
    tasks = [asyncio.create_task(asking.ask(question)) for question in questions]
    await asyncio.sleep(0)
    return tasks


async def test_what_is_asked_while_an_answer_is_on_its_way_is_asked_in_one_go(
    asking: Batcher[int, int], answers: Answers
) -> None:
    first = await ask(asking, 1)
    await answers.reading()
    later = await ask(asking, 2, 3, 2)
    answers.may.set()
    assert await asyncio.gather(*first, *later) == [10, 20, 30, 20]
    assert answers.asked == [[1], [2, 3]]


async def test_a_question_is_asked_again_while_its_answer_is_on_its_way(
    asking: Batcher[int, int], answers: Answers
) -> None:
    """What it would say may have changed since that reading began."""
    first = await ask(asking, 1)
    await answers.reading()
    again = await ask(asking, 1)
    answers.know = lambda question: 99
    answers.may.set()
    assert await asyncio.gather(*first, *again) == [99, 99]
    assert answers.asked == [[1], [1]]


async def test_an_answer_that_is_an_error_is_its_own_questions_alone(
    asking: Batcher[int, int], answers: Answers
) -> None:
    answers.know = lambda question: KeyError(question) if question == 2 else question
    answers.may.set()
    tasks = await ask(asking, 1, 2, 3)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [int, KeyError, int]


async def test_an_error_of_them_all_is_everybodys_and_the_next_are_asked_anew(
    asking: Batcher[int, int], answers: Answers
) -> None:
    answers.may.set()

    def fail(question: int) -> int:
        raise ZeroDivisionError

    answers.know = fail
    results = await asyncio.gather(*await ask(asking, 1, 2), return_exceptions=True)
    assert [type(result) for result in results] == [ZeroDivisionError, ZeroDivisionError]
    answers.know = lambda question: question
    assert await asking.ask(1) == 1


async def test_who_asks_and_leaves_takes_the_answer_from_nobody(asking: Batcher[int, int], answers: Answers) -> None:
    leaving, staying = await ask(asking, 1, 1)
    await answers.reading()
    leaving.cancel()
    answers.may.set()
    assert await staying == 10
    assert leaving.cancelled()


async def test_no_more_are_asked_in_one_go_than_the_first_of_them_can_wait_for(
    asking: Batcher[int, int], answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batcher, "MOST", 2)
    answers.may.set()
    assert await asyncio.gather(*await ask(asking, 1, 2, 3, 4, 5)) == [10, 20, 30, 40, 50]
    assert answers.asked == [[1, 2], [3, 4], [5]]
