"""Work that is tried again: what outlives a rollback is done once."""

import pytest

from realtime.log.attempts import done_before, note_done, one_work

pytestmark = pytest.mark.either_database


def step() -> bool:
    """Does one step; returns whether an earlier attempt had done it."""
    before = done_before("step")
    note_done("step")
    return before


def test_the_attempts_at_one_work_know_of_each_other() -> None:
    work = one_work(step)
    assert [work(), work(), work()] == [False, True, True]


def test_two_works_know_nothing_of_each_other() -> None:
    one, other = one_work(step), one_work(step)
    assert [one(), other(), one()] == [False, False, True]


def test_a_failed_attempt_has_done_what_it_has_noted() -> None:
    seen: list[bool] = []

    def fail() -> None:
        seen.append(step())
        raise ZeroDivisionError

    work = one_work(fail)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            work()
    assert seen == [False, True]
    assert not done_before("step")  # over, also when it failed


def test_a_work_within_a_work_is_one_by_itself() -> None:
    inner = one_work(step)
    outer = one_work(lambda: (step(), inner(), step()))
    assert outer() == (False, False, True)
    assert outer() == (True, True, True)


def test_outside_of_any_work_nothing_is_noted() -> None:
    assert [step(), step()] == [False, False]
