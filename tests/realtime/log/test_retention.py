"""Old history goes, in order, and whoever asks for it learns so."""

import time

import pytest
from django.db import connection
from pytest_django import Settings

from realtime.identity import Identity
from realtime.log.changes import ChangeCursor
from realtime.log.idempotency import run_once
from realtime.log.reading import HistoryGone, read_page
from realtime.log.retention import Pruned, begin_new_epoch, prune
from realtime.models import CommandResult, Ticket
from realtime.positions import Position
from realtime.sessions import tickets
from tests.realtime.log.history import DAY_MS, head, speak

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_older_goes_and_the_head_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.log.pruning._EVENTS_AT_ONCE", 2)
    speak(1, 5, days_ago=100)
    speak(1, 2)
    speak(2, 3, days_ago=100)
    speak(3, 1)
    assert prune(days=90).events == 8
    assert [(head(room).seq, head(room).min_seq) for room in (1, 2, 3)] == [(7, 6), (3, 4), (1, 1)]
    assert [event.seq for event in read_page("bench:1", 5, 7, 100)] == [6, 7]
    assert prune(days=90).events == 0


def test_who_asks_for_what_is_gone_is_told_so() -> None:
    speak(1, 3, days_ago=100)
    speak(1, 1)
    stale = head(1)
    prune(days=90)
    assert not head(1).recovers(Position(stale.epoch, 2))
    assert head(1).recovers(Position(stale.epoch, 3))
    with pytest.raises(HistoryGone):  # a prune between two pages
        read_page("bench:1", 2, stale.seq, 100)


def test_numbers_go_on_after_everything_was_pruned() -> None:
    speak(1, 3, days_ago=100)
    prune(days=90)
    assert head(1).recovers(head(1).position)
    speak(1, 1)
    assert [event.seq for event in read_page("bench:1", 3, 4, 100)] == [4]


def test_only_a_prefix_goes_so_that_what_is_left_is_dense() -> None:
    speak(1, 1, days_ago=100)
    speak(1, 1)
    speak(1, 1, days_ago=100)  # a clock that went backwards
    assert prune(days=90).events == 1
    assert [event.seq for event in read_page("bench:1", 1, 3, 100)] == [2, 3]


def test_answers_are_kept_for_a_day_and_tickets_for_a_minute() -> None:
    for request in ("old", "new"):
        run_once("user:1", request, "hash", lambda: None)
        tickets.issue_ticket(Identity(user_id=1))
    CommandResult.objects.filter(request_id="old").update(created_at_ms=time.time_ns() // 1_000_000 - DAY_MS - 1)
    Ticket.objects.filter(pk=Ticket.objects.values("pk")[:1]).update(expires_at_ms=1)
    assert prune(days=90) == Pruned(events=0, answers=1, tickets=1)
    assert CommandResult.objects.get().request_id == "new"


def test_how_long_events_are_kept_is_a_setting(settings: Settings) -> None:
    speak(1, 3, days_ago=10)
    settings.REALTIME = {**settings.REALTIME, "KEEP_EVENTS_DAYS": 11}
    assert prune().events == 0
    settings.REALTIME = {**settings.REALTIME, "KEEP_EVENTS_DAYS": 9}
    assert prune().events == 3


def test_a_log_restored_from_another_cluster_is_no_news_for_ever() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("transaction numbers are PostgreSQL's")
    speak(1, 1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE realtime_event SET xid = (pg_current_xact_id()::text::bigint + 1000)::text::xid8")
    begin_new_epoch()
    changes = ChangeCursor()
    changes.poll()
    speak(2, 1)
    changes.poll()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM realtime_event WHERE xid > pg_current_xact_id()")
        assert cursor.fetchone() == (0,)
    deadline = time.monotonic() + 30
    while changes.poll():  # whatever is open elsewhere on the server, as in tests beside this one, holds the mark
        assert time.monotonic() < deadline
        time.sleep(0.05)
