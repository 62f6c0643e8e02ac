"""Weather that clients meet at the doors in this process, and seats that are all taken."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from realtime.doors.socketio import holding
from realtime.errors import CloseCode
from realtime.testing.client import JsonClient
from tests.realtime.app.weather import FILE, Weather
from tests.realtime.halls import Connect, connect, hub

__all__ = ["connect", "hub"]

CAUSES = pytest.mark.parametrize("cause", ["database", "rate", "defect"])
COME_BACK = {CloseCode.SERVICE_RESTART, *range(4000, 4500)}


@pytest.fixture
def weather(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Weather:
    monkeypatch.setenv(FILE, str(tmp_path / "weather"))
    monkeypatch.setattr(holding, "FIRST_WAIT_SECONDS", 0.01)
    return Weather(tmp_path / "weather")


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  # files and tasks of the hub
            await asyncio.sleep(0.005)


@pytest.fixture
async def seatless(connect: Connect) -> list[JsonClient]:
    """Clients that have all the seats of person 7."""
    taken = [await connect(token="7") for _ in range(10)]
    for client in taken:
        await client.ready()
    return taken
