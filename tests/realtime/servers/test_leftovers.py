"""When a storm of connections is over, and what is done then."""

import asyncio
from typing import Any

import pytest
import uvicorn

from realtime.hub import Hub
from realtime.servers import serving
from realtime.servers.leftovers import Storms, give_back
from tests.realtime.halls import hub

__all__ = ["hub"]


def test_a_storm_is_over_once_and_not_while_more_come() -> None:
    storms = Storms()
    told = [storms.over(opened) for opened in (0, 50, 50, 300, 900, 905, 906, 906, 1000, 1000, 1500, 1500, 1500)]
    assert told == [False] * 5 + [True] + [False] * 5 + [True, False]


@pytest.mark.django_db(transaction=True)
async def test_a_server_gives_back_what_is_free_when_a_storm_is_over(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []
    monkeypatch.setattr(serving, "give_back", lambda: given.append(give_back()))
    server = serving.Server(uvicorn.Config("tests.realtime.app.asgi:application", log_config=None), lambda: None)
    hub.statistics.connections_opened += 1000
    for counter in range(41):
        assert not await server.on_tick(counter)
    assert len(given) == 1
    assert server.server_state.default_headers, "uvicorn's own part is done, too"
    await asyncio.sleep(0)
