"""One server process: how it begins to serve, and how it leaves."""

import asyncio
import gc

import pytest

from realtime.errors import CloseCode
from realtime.servers.serving import ease_garbage_collection
from tests.realtime.servers.running import clients_of, open_deaf_socket, running, say

PYTHONS_OWN = (700, 10, 10)


def test_the_collector_passes_over_what_was_loaded_before_serving() -> None:
    thresholds, before = gc.get_threshold(), len(gc.get_objects())
    try:
        gc.set_threshold(*PYTHONS_OWN)
        ease_garbage_collection()
        assert len(gc.get_objects()) < before / 10
        assert gc.get_threshold()[0] > PYTHONS_OWN[0]
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)


@pytest.mark.live
@pytest.mark.either_database
@pytest.mark.django_db(transaction=True)
async def test_a_server_that_is_asked_to_leave_says_bye_and_when_to_come_back() -> None:
    with running() as server:
        clients = await clients_of(server, 3)
        for client in clients:
            await client.ready()
        server.terminate()
        codes = [await client.ended() for client in clients]
        byes = [(await client.event("bye"))["payload"] for client in clients]
        await asyncio.to_thread(server.wait)
    assert codes == [CloseCode.SERVICE_RESTART] * 3
    assert all(500 <= bye["retryAfter"] <= 5000 for bye in byes)
    assert len({bye["retryAfter"] for bye in byes}) > 1


@pytest.mark.live
@pytest.mark.either_database
@pytest.mark.django_db(transaction=True)
async def test_a_client_that_takes_nothing_does_not_keep_the_server_from_leaving() -> None:
    with running() as server:
        deaf = open_deaf_socket(server)
        try:
            await say("x" * 60_000)
            server.terminate()
            await asyncio.to_thread(server.wait)
        finally:
            deaf.close()
