"""What connections of the engine are like, as settings that use `realtime.log.databases` make them."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)


def asked(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_a_committed_event_survives_a_power_cut_and_a_stuck_client_frees_its_locks() -> None:
    if connection.vendor == "sqlite":
        assert (asked("PRAGMA journal_mode"), asked("PRAGMA synchronous")) == ("wal", 2)
    else:
        assert asked("SHOW idle_in_transaction_session_timeout") == "1min"
