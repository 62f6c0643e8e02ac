"""What a transaction with events does last, and how its tables are set up."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import realtime
from realtime.models import Lease
from tests.realtime.app.events import HallRoom, Said

pytestmark = pytest.mark.django_db(transaction=True)


def test_events_are_the_last_that_is_written_and_all_heads_advance_in_one_sorted_statement() -> None:
    with CaptureQueriesContext(connection) as captured, realtime.atomic():
        for hall in (3, 1, 2, 1):
            realtime.emit(HallRoom(hall), Said(text="emitted first"))
        list(Lease.objects.all())
    statements = [query["sql"] for query in captured if query["sql"] not in ("BEGIN", "COMMIT")]
    domain, *rest = [index for index, sql in enumerate(statements) if "realtime_lease" in sql]
    heads = [index for index, sql in enumerate(statements) if "INTO realtime_roomhead" in sql]
    events = [index for index, sql in enumerate(statements) if "INTO realtime_event" in sql]
    assert not rest
    assert len(heads) == len(events) == 1
    assert domain < heads[0] <= events[0] == len(statements) - 1
    advancing = statements[heads[0]]
    assert advancing.index("hall:1") < advancing.index("hall:2") < advancing.index("hall:3")
    if connection.vendor == "postgresql":
        # Deferred keys are checked before the heads are locked, in the same round trip.
        assert advancing.startswith("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL lock_timeout")


def value(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_the_heads_have_room_to_be_updated_in_place_and_payloads_keep_their_bytes() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("for PostgreSQL's storage")
    options = value("SELECT reloptions FROM pg_class WHERE relname = 'realtime_roomhead'")
    assert "fillfactor=50" in options
    assert "autovacuum_vacuum_scale_factor=0.02" in options
    kind = "SELECT data_type FROM information_schema.columns WHERE table_name = 'realtime_event'"
    assert value(f"{kind} AND column_name = 'payload'") == "text"
