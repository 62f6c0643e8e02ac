"""Commands that ask running processes who is there."""

import json
from io import StringIO

import pytest
from asgiref.sync import sync_to_async
from django.core.management import call_command

from realtime.hub import Hub
from tests.realtime.halls import Connect, connect, hub

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


@sync_to_async
def output_of(command: str, *arguments: str) -> list[dict[str, object]]:
    out = StringIO()
    call_command(command, *arguments, "--json", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


async def test_the_sessions_of_a_person_or_in_a_room_are_listed(connect: Connect, hub: Hub) -> None:
    mine, other = await connect(token="7"), await connect(token="8")
    for client in (mine, other):
        await client.tell("hall:join", {"hallId": 1})
    by_user = await output_of("realtime_connections", "guest7")
    by_room = await output_of("realtime_connections", "hall:1")
    assert [session["userId"] for session in by_user] == [7]
    assert sorted(session["userId"] for session in by_room) == [7, 8]
    assert by_user[0]["rooms"] == {"hall:1": {"phase": "LIVE", "place": 0, "present": True}}
    assert await output_of("realtime_connections", "hall:2") == []


async def test_what_a_process_counts_can_be_read(connect: Connect, hub: Hub) -> None:
    client = await connect(token="7")
    await client.tell("hall:join", {"hallId": 1})
    await client.tell("hall:say", {"hallId": 1, "text": "hello"})
    await client.event("hall:said")
    [counted] = await output_of("realtime_stats")
    assert (counted["connections"], counted["commands"], counted["events"], counted["deliveries"]) == (1, 2, 1, 1)
