"""What concerns transports is tested on both event loops: their transports differ."""

import asyncio
from collections.abc import Callable, Mapping

import pytest
import uvloop


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    if item.get_closest_marker("live"):
        return {"asyncio": asyncio.new_event_loop}  # the client's alone: a real server chooses its own
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
