"""Which of the versions that were kept by themselves go: the older, the fewer."""

from datetime import UTC, datetime, timedelta

import pytest

from books.drafting import thinning
from books.drafting.thinning import Kept, superfluous

NOW = datetime(2026, 7, 15, 12, 0, tzinfo=UTC)


def kept(*ages: timedelta, size: int = 1) -> list[Kept]:
    return [Kept(number, NOW - age, size) for number, age in enumerate(ages)]


def test_of_the_last_day_all_stay() -> None:
    assert superfluous(kept(*(timedelta(minutes=10 * number) for number in range(143))), NOW) == []


def test_of_the_week_the_last_of_each_hour_stays() -> None:
    two_days = timedelta(days=2)
    ages = [two_days - timedelta(minutes=minutes) for minutes in (0, 10, 59, 60, 70)]
    assert superfluous(kept(*ages), NOW) == [3, 1, 0]


def test_of_what_is_older_the_last_of_each_day_stays() -> None:
    month = timedelta(days=30)
    ages = [month - timedelta(hours=hours) for hours in (0, 5, 11, 12, 30)]
    assert superfluous(kept(*ages), NOW) == [3, 1, 0]


def test_the_same_hour_of_another_day_is_another_hour() -> None:
    assert superfluous(kept(timedelta(days=2), timedelta(days=3)), NOW) == []


def test_what_stays_goes_on_staying_until_it_is_older() -> None:
    ages = [timedelta(hours=hours) for hours in range(24 * 40)]
    rows = kept(*ages)
    gone = set(superfluous(rows, NOW))
    rest = [row for row in rows if row.id not in gone]
    assert superfluous(rest, NOW) == []
    assert len(rest) == 24 + 24 * 6 + 34


def test_a_day_has_a_most_and_takes_nothing_from_what_is_older(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thinning, "_MOST_OF_A_DAY", 3)
    ages = [*(timedelta(minutes=minutes) for minutes in range(5)), timedelta(days=3), timedelta(days=30)]
    assert superfluous(kept(*ages), NOW) == [3, 4]


def test_number_and_characters_have_a_most_and_the_newest_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    days = [timedelta(days=number) for number in range(10, 15)]
    with monkeypatch.context() as patch:
        patch.setattr(thinning, "_MOST", 2)
        assert superfluous(kept(*days), NOW) == [2, 3, 4]
    monkeypatch.setattr(thinning, "_MOST_CHARACTERS", 10)
    assert superfluous(kept(*days, size=4), NOW) == [2, 3, 4]
    assert superfluous(kept(*days, size=11), NOW) == [1, 2, 3, 4]
