"""Points and seats in memory."""

from tests.realtime.people.limits.contract import *  # noqa: F403  # every test of it, here with this store
from tests.realtime.stores import memory_world as world

__all__ = ["world"]
