"""What the log needs of its database, for a project's settings: DATABASES["default"]["OPTIONS"]."""

from typing import Any

SQLITE: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}
"""WAL; IMMEDIATE transactions (a deferred one that turns writer fails at once with "database is locked");
synchronous=FULL, so that a committed event survives a power cut. To be used with the engine `realtime.sqlite`."""


def postgresql(most_connections: int = 24) -> dict[str, Any]:
    """Returns psycopg's pool, and time limits that free a lock held by a dead client.

    The engine's threads hold up to 22 connections; the rest is for pages, the API and jobs.
    """
    return {
        # `timeout`: 30 s, the default, is longer than anybody waits for a page, and than a CONNECT is held.
        # `reconnect_timeout`: tries are ever further apart, so that after an outage of a minute another one may
        # pass; given up, the next who needs a connection makes them begin anew.
        "pool": {"min_size": 1, "max_size": most_connections, "timeout": 5, "reconnect_timeout": 2},
        # 60 s: a transaction left open by a stuck client must not hold a room's head for longer.
        "options": "-c idle_in_transaction_session_timeout=60000",
        "keepalives": 1,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
    }
