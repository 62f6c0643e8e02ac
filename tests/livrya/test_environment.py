"""How the database that `DATABASE_URL` names is set up."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)


def value(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_a_commit_survives_a_power_cut_and_a_dead_client_frees_its_locks() -> None:
    if connection.vendor == "sqlite":
        assert value("PRAGMA journal_mode") == "wal"
        assert value("PRAGMA synchronous") == 2, "FULL"
        assert connection.transaction_mode == "IMMEDIATE"
        return
    assert value("SHOW idle_in_transaction_session_timeout") == "1min"
    assert value("SHOW transaction_isolation") == "read committed"
    given = connection.get_connection_params()
    assert given["keepalives_idle"] == given["tcp_user_timeout"] // 1000 == 30
