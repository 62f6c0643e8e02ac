from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from livrya.site.jobs import schedule
from livrya.site.jobs.schedule import Clock, Periodic

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]


def test_an_entry_runs_at_once_and_then_only_after_its_interval():
    ran = []
    clock = Clock([Periodic("sweep", lambda: ran.append(1), every_s=3600)])
    clock.turn()
    clock.turn()
    assert ran == [1]


def test_the_clock_sleeps_exactly_until_the_next_due_moment():
    soon = timezone.now() + timedelta(seconds=0.5)
    clock = Clock([Periodic("publish", lambda: None, every_s=3600, due=lambda: soon)])
    assert 0 < clock.turn() <= 0.5


def test_an_entry_runs_when_its_moment_has_come():
    ran = []
    moments = [timezone.now() + timedelta(hours=1)]
    clock = Clock([Periodic("publish", lambda: ran.append(1), every_s=3600, due=lambda: moments[0])])
    clock.turn()
    assert ran == [1]
    moments[0] = timezone.now()
    clock.turn()
    assert ran == [1, 1]


def test_a_moment_that_a_run_cannot_settle_does_not_make_the_clock_spin():
    ran = []
    past = timezone.now() - timedelta(seconds=5)
    clock = Clock([Periodic("publish", lambda: ran.append(1), every_s=3600, due=lambda: past)])
    pauses = [clock.turn() for _ in range(5)]
    assert len(ran) <= 2
    assert pauses[-1] == 1.0


def test_an_entry_that_fails_stops_neither_the_others_nor_the_clock(caplog):
    ran = []

    def fail():
        raise ValueError("no")

    clock = Clock([Periodic("bad", fail, every_s=3600), Periodic("good", lambda: ran.append(1), every_s=3600)])
    clock.turn()
    assert ran == [1]
    assert "the schedule's bad failed" in caplog.text


def test_what_an_absent_database_kept_from_running_is_due_again_soon_and_no_fault_of_the_entry(caplog, monkeypatch):
    monkeypatch.setattr(schedule, "LONGEST_PAUSE_S", 0.0)
    away, ran = [True], []

    def publish():
        if away[0]:
            raise OperationalError("server closed the connection unexpectedly")
        ran.append("publish")

    clock = Clock(
        [Periodic("publish", publish, every_s=3600), Periodic("good", lambda: ran.append("good"), every_s=3600)]
    )
    with pytest.raises(OperationalError):
        clock.turn()
    assert ran == ["good"]
    away[0] = False
    clock.turn()
    assert ran == ["good", "publish"]
    assert not caplog.records
