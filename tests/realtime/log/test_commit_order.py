"""Transactions that end in another order than they began, published through two server processes."""

import threading
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

import realtime
from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess
from tests.realtime.app.events import HallRoom, Said
from tests.realtime.halls import server_environment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.live]

ROUNDS = 10


@sync_to_async
def overlap() -> None:
    """Begins one transaction, has another begin and commit, then ends the first; so often as there are rounds."""
    for number in range(ROUNDS):
        begun, may_end = threading.Event(), threading.Event()

        def first(number: int = number, begun: threading.Event = begun, may_end: threading.Event = may_end) -> None:
            with realtime.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_current_xact_id()")  # from here on it is the older one
                begun.set()
                assert may_end.wait(10)
                realtime.emit(HallRoom(1), Said(text=f"began first {number}"))

        def second(number: int = number, begun: threading.Event = begun, may_end: threading.Event = may_end) -> None:
            assert begun.wait(10)
            with realtime.atomic():
                realtime.emit(HallRoom(1), Said(text=f"began last {number}"))
            may_end.set()

        in_threads(first, second)


def in_threads(*work: Callable[[], None]) -> None:
    def run(one: Callable[[], None]) -> None:
        try:
            one()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


async def test_commits_in_reverse_order_of_their_beginning_are_heard_in_order_of_seq(redis: str) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: no transaction can overtake another.")
    environment = server_environment(REDIS_URL=redis)
    with ServerProcess(arguments=["--processes", "2"], environment=environment) as server:
        clients = [await JsonClient.over_socket(server.ws("halls"), token="7") for _ in range(6)]
        for client in clients:
            await client.tell("hall:join", {"hallId": 1})
        await overlap()
        last = f"began first {ROUNDS - 1}"
        expected = [f"began {which} {number}" for number in range(ROUNDS) for which in ("last", "first")]
        for client in clients:
            await client.wait(lambda frame: frame.get("payload", {}).get("text") == last, anywhere=True)
            assert [event["seq"] for event in client.events()] == list(range(1, 2 * ROUNDS + 1))
            assert client.texts() == expected
            await client.close()
