"""What the log leaves out."""

import logging

from redis.exceptions import ConnectionError as LostConnection
from redis.exceptions import TimeoutError as NoAnswer

from realtime.log.layers import said


class RedisIsAway(logging.Filter):
    """Keeps channels_redis' log to lines: it says every second, with a traceback, that Redis is away.

    That is said once, by the hub. Anything else keeps its line; connections that both its reader and a subscriber
    bring back fail in odd ways, once.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Tells whether the record is kept."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, LostConnection | NoAnswer | OSError):
            return False
        if error is not None:
            record.msg, record.args = f"{record.getMessage()} ({said(error)})", ()
            record.exc_info = None
        return True
