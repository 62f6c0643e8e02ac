"""Acts are counted once, in Redis for all processes together as long as it answers, else in each by itself."""

from collections.abc import Iterator

import pytest
import redis

from realtime.conf import realtime_settings
from realtime.errors import RateLimited
from realtime.log.attempts import one_work
from realtime.log.installation import database_id
from realtime.people.limits import acts
from realtime.people.limits.acts import ACTS, Act, forget_counts, uncounted
from realtime.people.limits.redis import points_key
from tests.services import Valkey

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def act() -> Iterator[Act]:
    """Three times an hour: nothing comes back while a test runs."""
    yield Act("speak-up", most=3, seconds=3600)
    del ACTS["speak-up"]


@pytest.fixture
def counted_in_redis(settings, valkey: Valkey) -> Iterator[Valkey]:
    settings.REALTIME = {**settings.REALTIME, "REDIS_URL": valkey.url}
    yield valkey
    acts._redis(valkey.url).close()
    acts._redis.cache_clear()


def test_an_act_has_one_meaning(act: Act) -> None:
    with pytest.raises(TypeError, match="twice"):
        Act("speak-up", most=1, seconds=1)


def test_who_has_done_it_often_enough_waits_and_nobody_else(act: Act, settings) -> None:
    settings.ACT_LIMITS = {"speak-up": (2, 60)}
    act.charge(7)
    act.charge(7)
    with pytest.raises(RateLimited) as refused:
        act.charge(7)
    assert 0 < (refused.value.retry_after_ms or 0) <= 60_000
    act.charge(8)
    act.charge("192.0.2.7")


def test_the_system_and_commands_are_not_counted(act: Act) -> None:
    with uncounted():
        for _ in range(4):
            act.charge(7)
    for nobody in (None, "") * 4:
        act.charge(nobody)
    for _ in range(3):
        act.charge(7)


def test_an_act_that_is_tried_again_with_its_neighbours_is_one_work(act: Act, settings) -> None:
    settings.ACT_LIMITS = {"speak-up": (2, 60)}
    twice = one_work(lambda: act.charge(7))
    twice()
    twice()
    act.charge(7)
    with pytest.raises(RateLimited):
        one_work(lambda: act.charge(7))()


def test_processes_share_a_count_in_redis(act: Act, counted_in_redis: Valkey) -> None:
    for _ in range(3):
        act.charge(7)
        forget_counts()  # as another process: what is in memory is not what counts
    with pytest.raises(RateLimited) as refused:
        act.charge(7)
    assert 0 < (refused.value.retry_after_ms or 0) <= 2_400_000
    act.charge(8)


def test_counts_stand_in_redis_under_what_the_installation_is_called(
    act: Act, counted_in_redis: Valkey, settings
) -> None:
    settings.REALTIME = {**settings.REALTIME, "REDIS_PREFIX": "town"}
    assert realtime_settings().redis_prefix == "town"
    act.charge(7)
    with redis.Redis.from_url(counted_in_redis.url, decode_responses=True) as link:
        assert link.keys("*") == [points_key(f"town.{database_id()}", "act:speak-up:person:7")]


def test_while_redis_is_away_or_hangs_each_process_counts_by_itself(
    act: Act, counted_in_redis: Valkey, monkeypatch
) -> None:
    asked: list[int] = []
    take = acts._take_shared

    def note(*given: object) -> int:
        asked.append(1)
        return take(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(acts, "_take_shared", note)
    counted_in_redis.pause()
    try:
        monkeypatch.setattr(acts, "_PAUSE_SECONDS", 3600.0)
        for _ in range(3):
            act.charge(7)
        with pytest.raises(RateLimited):
            act.charge(7)
        assert len(asked) == 1  # one wait, not one an act
    finally:
        counted_in_redis.resume()
        acts._counts._resting_until = 0.0
