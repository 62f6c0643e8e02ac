"""Who types in Redis."""

from tests.realtime.people.typing.contract import *  # noqa: F403  # every test of it, here with this store
from tests.realtime.stores import redis_world as world

__all__ = ["world"]
