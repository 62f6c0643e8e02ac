"""What two texts have in common: whole words, letters of changed words, and bounded work."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from books.drafting.aligning import Budget, Run, common, in_common

pytestmark = pytest.mark.either_database

letters = st.lists(st.sampled_from("ab c"), max_size=30).map("".join)


def shown(old: str, new: str, budget: Budget | None = None) -> str:
    """Returns the new text with brackets around what has changed."""
    said, last = "", Run(0, 0, 0)
    for run in [*common(old, new, budget or Budget()), Run(len(old), len(new), 0)]:
        gone, come = old[last.old + last.length : run.old], new[last.new + last.length : run.new]
        said += f"[{gone}|{come}]" * bool(gone or come) + new[run.new : run.new + run.length]
        last = run
    return said


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("", "", ""),
        ("", "a", "[|a]"),
        ("a", "", "[a|]"),
        ("the same", "the same", "the same"),
        ("the quick fox", "the quick red fox", "the quick [|red ]fox"),
        ("the brown fox and a dog", "the brawn fox, and the dog", "the br[o|a]wn fox[|,] and [a|the] dog"),
        ("something", "some thing", "some[| ]thing"),
        ("他说：好。", "他又说：很好。", "他[|又]说：[|很]好。"),
        ("one two three", "four five six", "[one two three|four five six]"),
    ],
)
def test_words_stay_and_letters_of_words_that_changed(old: str, new: str, changed: str) -> None:
    assert shown(old, new) == changed


@settings(deadline=None)
@given(letters, letters)
def test_runs_are_in_order_and_the_same_in_both(old: str, new: str) -> None:
    last = Run(0, 0, 0)
    for run in common(old, new, Budget()):
        assert run.length > 0
        assert run.old >= last.old + last.length
        assert run.new >= last.new + last.length
        assert run[:2] != (last.old + last.length, last.new + last.length) or last == Run(0, 0, 0)
        assert old[run.old : run.old + run.length] == new[run.new : run.new + run.length]
        last = run


@settings(deadline=None)
@given(letters, letters, st.integers(0, 100))
def test_what_is_in_common_is_in_order_whatever_can_be_paid(old: str, new: str, budget: int) -> None:
    pairs = in_common(old, new, Budget(budget))
    assert all(old[was] == new[at] for was, at in pairs)
    assert all(one[0] < other[0] and one[1] < other[1] for one, other in pairwise(pairs))


@settings(deadline=None)
@given(letters, letters)
def test_as_much_is_in_common_as_there_can_be(old: str, new: str) -> None:
    best = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, one in enumerate(old):
        for j, other in enumerate(new):
            best[i + 1][j + 1] = best[i][j] + 1 if one == other else max(best[i][j + 1], best[i + 1][j])
    pairs = in_common(old, new, Budget())
    assert len(pairs) == best[-1][-1]
    assert all(old[was] == new[at] for was, at in pairs)
    assert all(one[0] < other[0] and one[1] < other[1] for one, other in pairwise(pairs))


def test_beyond_the_budget_phrases_that_are_there_once_divide_the_texts() -> None:
    old = "a b c d e f g a b c d e h i k l"
    new = "a b c d e f x a b c d e y i k l"
    pairs = in_common(old.split(), new.split(), Budget(60))
    assert pairs == [(at, at) for at in range(16) if at not in (6, 12)]


def test_nothing_is_compared_beyond_the_budget() -> None:
    budget = Budget(1_000)
    old, new = ", " * 5_000 + "x" + "! " * 5_000, "! " * 5_000 + "x" + ", " * 5_000
    runs = common(old, new, budget)
    assert all(old[run.old : run.old + run.length] == new[run.new : run.new + run.length] for run in runs)
    assert 0 <= budget.pairs <= 1_000
