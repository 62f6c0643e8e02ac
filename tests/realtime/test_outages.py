"""The database goes away, or the process does: what was committed is there, and nothing else."""

import subprocess
import sys
import textwrap

import pytest
from django.conf import settings
from django.db import connection

import realtime
from realtime.errors import Unavailable
from realtime.log.changes import ChangeCursor
from realtime.models import Event
from realtime.testing.capture import capture_events
from tests.realtime.examples import BenchRoom, Spoken
from tests.realtime.threads import PATIENCE_S, threads_of

pytestmark = pytest.mark.django_db(transaction=True)


def speak(text: str) -> None:
    realtime.emit(BenchRoom(1), Spoken(text=text))


def payloads() -> list[str]:
    return list(Event.objects.order_by("seq").values_list("payload", flat=True))


def terminate_own_connection() -> None:
    """Ends the connection from the server's side, as a restart of PostgreSQL does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()

    def terminate() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])

    with threads_of(1) as threads:
        threads.run(terminate).result(PATIENCE_S)


@pytest.fixture
def postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is a file")


@pytest.mark.usefixtures("postgresql")
def test_a_connection_lost_in_a_transaction_is_an_outage_and_the_next_transaction_works() -> None:
    speak("before")
    with capture_events() as captured, pytest.raises(Unavailable) as refused, realtime.atomic():
        speak("never")
        terminate_own_connection()
    assert refused.value.retryable
    assert captured.events == []
    speak("after")
    assert payloads() == ['{"text":"before"}', '{"text":"after"}']


@pytest.mark.usefixtures("postgresql")
def test_a_connection_lost_between_two_transactions_is_an_outage_once() -> None:
    speak("before")
    terminate_own_connection()
    with pytest.raises(Unavailable):
        speak("never")
    speak("after")
    assert payloads() == ['{"text":"before"}', '{"text":"after"}']


def run_python(code: str) -> int:
    """Runs code in a process of its own, on the tests' database."""
    prelude = f"""
        import os
        import django
        from django.conf import settings
        django.setup()
        settings.DATABASES["default"]["NAME"] = {settings.DATABASES["default"]["NAME"]!r}
        from django.db import transaction
        import realtime
        from tests.realtime.examples import BenchRoom, Spoken
    """
    command = [sys.executable, "-c", textwrap.dedent(prelude) + textwrap.dedent(code)]
    return subprocess.run(command, timeout=60, check=False).returncode


def test_a_process_that_dies_right_after_its_commit_has_told_the_log() -> None:
    cursor = ChangeCursor()
    cursor.poll()
    died = run_python(
        """
        from realtime.log import after_commit
        after_commit.attach(lambda events: os._exit(9))
        realtime.emit(BenchRoom(1), Spoken(text="last words"))
        """
    )
    assert died == 9
    assert payloads() == ['{"text":"last words"}']
    assert {room: position.seq for room, position in cursor.poll().items()} == {"bench:1": 1}


def test_a_process_that_dies_before_its_commit_has_told_nothing() -> None:
    died = run_python(
        """
        with realtime.atomic():
            realtime.emit(BenchRoom(1), Spoken(text="never"))
            connection = transaction.get_connection()
            connection.commit = lambda: os._exit(9)
        """
    )
    assert died == 9
    assert payloads() == []
    speak("the next one")  # nobody holds the room's head
    assert Event.objects.get().seq == 1
