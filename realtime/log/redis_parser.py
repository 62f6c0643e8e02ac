"""How a channel layer reads from Redis: a connection that the network has lost is an error, not a pause."""

from typing import Any

from redis.asyncio.connection import DefaultParser
from redis.exceptions import ConnectionError as LostConnection


class Parser(DefaultParser):  # type: ignore[misc,valid-type]  # a variable: hiredis' parser, or Python's own
    """Raises redis-py's ConnectionError for what the system calls a timeout; an option of every redis-py connection.

    Without it a reader that gives itself a moment, as channels_redis' does, takes the one for the other: the system
    ends a connection whose other end has been out of reach for 45 s with `ETIMEDOUT`, which then comes at once at
    every further read, and the loop does nothing else any more.
    """

    async def read_response(self, *args: Any, **options: Any) -> Any:
        """Returns the next response."""
        try:
            return await super().read_response(*args, **options)
        except TimeoutError as error:  # the system's: a moment that is over arrives here as a cancellation
            raise LostConnection("the connection to Redis timed out") from error

    async def handle_pubsub_push_response(self, response: Any) -> Any:
        """Returns what was published. redis-py's own writes it out, each time, for a log that nobody reads."""
        return response
