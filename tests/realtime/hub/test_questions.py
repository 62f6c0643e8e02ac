"""Questions of many sessions to the database: one call, one snapshot, and each answered or refused for itself."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection

from benchmarks.asking import counted
from realtime.errors import Unavailable
from realtime.hub.questions import Questions
from realtime.hub.threads import DatabaseThreads
from realtime.models import Lease

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.either_database]


@pytest.fixture
async def questions() -> AsyncIterator[Questions]:
    threads = DatabaseThreads("asked", 2, keep=False)
    yield Questions(threads)
    await threads.stop()


def doubles(numbers: list[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 2")
        [factor] = cursor.fetchone()
    return [factor * number for number in numbers]


def leases(names: list[str]) -> list[bool]:
    found = set(Lease.objects.filter(name__in=names).values_list("name", flat=True))
    return [name in found for name in names]


def add_lease(name: str) -> None:
    Lease.objects.create(name=name, holder="test", expires_at="2030-01-01T00:00:00Z")


async def test_questions_of_all_kinds_share_a_call_and_a_transaction_and_the_same_is_asked_once(
    questions: Questions,
) -> None:
    await questions.ask(doubles, 0)  # what connects is no question's
    with counted() as asked:
        numbers = [questions.ask(doubles, number % 10) for number in range(100)]
        names = [questions.ask(leases, f"lease {number}") for number in range(100)]
        await asyncio.gather(*numbers, *names)
    assert [answer.result() for answer in numbers] == [2 * (number % 10) for number in range(100)]
    assert sum(asked.calls.values()) == 1
    assert len([text for text in asked.texts if text.startswith("SELECT")]) == 2
    assert asked.transactions["realtime.log.snapshots._reading_transaction"] == 1


async def test_what_is_asked_later_in_a_go_sees_the_same_instant(questions: Questions) -> None:
    loop = asyncio.get_running_loop()
    elsewhere = DatabaseThreads("elsewhere", 1, keep=False)

    def look_then_let_write(names: list[str]) -> list[bool]:
        seen = leases(names)
        asyncio.run_coroutine_threadsafe(elsewhere.run(add_lease, "late"), loop).result(10)
        return seen

    before, after = questions.ask(look_then_let_write, "late"), questions.ask(leases, "late")
    assert [await before, await after] == [False, False]
    assert await questions.ask(leases, "late")
    await elsewhere.stop()


async def test_answers_fit_each_other_also_when_a_question_of_the_go_fails(questions: Questions) -> None:
    """Or a permission would be older than the place from which on its end is heard."""
    loop = asyncio.get_running_loop()
    elsewhere = DatabaseThreads("elsewhere", 1, keep=False)

    def number(asked: list[int]) -> list[int]:
        return [Lease.objects.count()] * len(asked)

    def number_then_one_more(asked: list[int]) -> list[int]:
        seen = number(asked)
        asyncio.run_coroutine_threadsafe(elsewhere.run(add_lease, f"lease {seen[0]}"), loop).result(10)
        return seen

    def refused(asked: list[int]) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column")
        return asked

    before, failing, after = questions.ask(number_then_one_more, 1), questions.ask(refused, 1), questions.ask(number, 1)
    with pytest.raises(DatabaseError):
        await failing
    assert await before == await after
    await elsewhere.stop()


async def test_a_question_that_the_database_refuses_fails_alone_and_is_found_in_few_tries(
    questions: Questions,
) -> None:
    tries = 0

    def roots(numbers: list[int]) -> list[int]:
        nonlocal tries
        tries += 1
        with connection.cursor() as cursor:
            for number in numbers:
                cursor.execute("SELECT no_such_column" if number == 33 else "SELECT 1")
        return numbers

    kinds = [questions.ask(doubles, 4), *(questions.ask(roots, number) for number in range(64))]
    kinds.append(questions.ask(leases, "x"))
    results = await asyncio.gather(*kinds, return_exceptions=True)
    assert isinstance(results.pop(1 + 33), DatabaseError)
    assert results == [8, *(number for number in range(64) if number != 33), False]
    assert tries <= 2 + 2 * 6


async def test_that_the_database_is_away_is_found_out_once_for_all(questions: Questions) -> None:
    tried = 0

    def nobody(numbers: list[int]) -> list[int]:
        nonlocal tried
        tried += 1
        raise OperationalError("server closed") from psycopg.OperationalError("server closed")

    results = await asyncio.gather(*[questions.ask(nobody, number) for number in range(20)], return_exceptions=True)
    assert [type(answer) for answer in results] == [Unavailable] * 20
    assert tried == 1


async def test_nobody_is_answered_from_a_reading_that_began_before_they_asked(questions: Questions) -> None:
    loop = asyncio.get_running_loop()
    began = asyncio.Event()
    elsewhere = DatabaseThreads("elsewhere", 1, keep=False)

    async def meanwhile() -> None:
        began.set()

    def slow(names: list[str]) -> list[bool]:
        seen = leases(names)
        asyncio.run_coroutine_threadsafe(meanwhile(), loop).result(10)
        return seen

    first = questions.ask(slow, "lease")
    await began.wait()
    await elsewhere.run(add_lease, "lease")
    second = questions.ask(leases, "lease")
    assert [await first, await second] == [False, True]
    await elsewhere.stop()
