"""What scenes of groups share: who talks, refusals, and waiting for what concerns one group."""

from typing import Any

from livrya.accounts.models import User
from realtime.testing.client import JsonClient
from social.models import Group
from tests.books.lines import somebody
from tests.social import rooms
from tests.world import World, make


async def talker(world: World, person: User, *groups: Group) -> JsonClient:
    """Returns a connection of somebody who has joined the groups."""
    client = await world.client(person, "social")
    for group in groups:
        await client.tell("room:join", {"roomId": group.pk})
    return client


async def a_group(**description: Any) -> tuple[Group, User]:
    owner = await somebody()
    return await make(rooms.group, owner, **description), owner


async def refusal(client: JsonClient, command: str, **payload: Any) -> str:
    answer = await client.ask(command, payload)
    assert not answer["success"], answer
    code: str = answer["error"]["code"]
    return code


async def about(client: JsonClient, kind: str, **what: Any) -> dict[str, Any]:
    """Waits for an event of that type with these fields; the directory tells of other scenarios' groups too."""
    return await client.wait(
        lambda frame: frame.get("type") == kind and what.items() <= frame["payload"].items(), anywhere=True, within=30
    )
