"""The answers to a supervisor and a load balancer."""

import json
from types import SimpleNamespace

import pytest
from django.db.utils import OperationalError
from django.test import AsyncRequestFactory

from realtime.hub import Hub
from realtime.ops import health
from tests.realtime.halls import hub

__all__ = ["hub"]

pytestmark = pytest.mark.django_db(transaction=True)

ASKED = AsyncRequestFactory().get("/")


async def readiness() -> tuple[int, dict[str, object]]:
    answer = await health.readyz(ASKED)
    assert answer["Cache-Control"] == "no-store"
    return answer.status_code, json.loads(answer.content)


async def test_before_the_first_connection_there_is_nothing_to_wait_for() -> None:
    assert await readiness() == (200, {"database": "ok", "sweep": "idle", "layer": "idle", "draining": False})


async def test_a_process_that_leaves_gets_no_more_work(hub: Hub) -> None:
    assert await readiness() == (200, {"database": "ok", "sweep": "ok", "layer": "ok", "draining": False})
    hub.draining = True
    assert await readiness() == (503, {"database": "ok", "sweep": "ok", "layer": "ok", "draining": True})


async def test_without_a_database_it_lives_and_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(health, "connection", SimpleNamespace(cursor=away, close=lambda: None))
    status, parts = await readiness()
    assert (status, parts["database"]) == (503, "down")
    assert (await health.healthz(ASKED)).status_code == 200
