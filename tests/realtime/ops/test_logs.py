"""An outage of Redis is logged in lines."""

import logging

import pytest
from redis.exceptions import ConnectionError as LostConnection
from redis.exceptions import NoPermissionError

from realtime.ops.logs import RedisIsAway

pytestmark = pytest.mark.either_database


@pytest.mark.parametrize(
    ("error", "logged"),
    [
        (LostConnection("refused"), None),
        (ConnectionResetError(), None),
        (NoPermissionError("no SUBSCRIBE"), "receiving failed (NoPermissionError: no SUBSCRIBE)"),
        (None, "receiving failed"),
    ],
)
def test_only_what_is_no_outage_is_told_and_in_one_line(error: Exception | None, logged: str | None) -> None:
    raised = (type(error), error, None) if error else None
    record = logging.LogRecord("channels_redis.pubsub", logging.ERROR, "", 0, "receiving %s", ("failed",), raised)
    kept = RedisIsAway().filter(record)
    assert (logging.Formatter().format(record) if kept else None) == logged
