"""What somebody may not see answers by its number as nothing does: in every command, and at every room."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from asgiref.sync import sync_to_async

from livrya.accounts.models import User
from livrya.accounts.services import tokens
from realtime.contracts import CommandContract, id_fields
from realtime.hub import current_hub
from realtime.namespaces import NAMESPACES
from realtime.routing import websocket_application
from realtime.testing.client import JsonClient
from tests.livrya.routes import World
from tests.livrya.sight import ALL_BUT_FRIENDS, CASTS, Thing, somebody
from tests.livrya.walking import STAFF_MANAGE, apart, build, number_of

# Slow; the conditions behind it are tested on both databases, and this on both once to write it.
pytestmark = pytest.mark.either_database

VALUES: dict[str, Any] = {
    "text": "Aye.",
    "kind": "like",
    "rating": 5,
    "position": 0.5,
    "number": 1,
    "seconds": 0,
    "role": "member",
    "reason": "It is rude.",
    "query": "said",
    "version": 1,
}
"""What the other fields of commands say where they must say something."""
FIELDS = {
    "bookId": "book",
    "chapterId": "chapter",
    "commentId": "comment",
    "parentId": "comment",
    "roomId": "group",
    "messageId": "message",
    "replyToId": "message",
    "attachments": "attachment",
    "userId": "person",
    "id": "comment message person",
}
"""What the id fields of commands name."""
BESIDE_IN_COMMANDS = {
    "draft:awareness clientId": "a number that the caller's own copy of the document made up",
    "draft:settle clashId": "of the chapter that is named beside it; one of another chapter is none",
    "notification:read ids": "one's own; others are passed over",
    "session:list userId": "for staff",
    "user:disconnect userId": "for staff",
}
ROOMS = {
    "book": ["book:{book_id}"],
    "chapter": ["chapter:{chapter_id}", "draft:{chapter_id}"],
    "group": ["group:{group_id}", "call:{group_id}"],
    "person": ["user:{user_id}", "notifications:{user_id}", "author:{user_id}", "author:{user_id}:followers"],
}
"""The rooms of things, by what they are named after."""


def without_numbers(text: str, keys: Mapping[str, Any]) -> str:
    """Returns what was said over a socket without the numbers that were asked for."""
    wanted = "|".join(sorted({str(value) for value in keys.values()}, key=len, reverse=True))
    return re.sub(rf"(?<![A-Za-z0-9-])({wanted})(?![A-Za-z0-9-])", "#", text)


def commands() -> Iterator[tuple[str, CommandContract]]:
    """Yields (namespace, contract) of every command of the product that takes an id, each once."""
    known: set[str] = set()
    for name in ("/", "/rooms", "/admin"):
        for handler, _ in NAMESPACES[name].commands.values():
            if id_fields(handler.contract.payload) and handler.contract.name not in known:
                known.add(handler.contract.name)
                yield name, handler.contract


def test_every_id_in_a_command_has_its_row() -> None:
    asked = {f"{contract.name} {name}": name for _, contract in commands() for name in id_fields(contract.payload)}
    assert [row for row, name in asked.items() if name not in FIELDS and row not in BESIDE_IN_COMMANDS] == []


class Speakers:
    """Everybody's open connections; whoever belongs to the group is in it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._clients: dict[tuple[str, str], JsonClient] = {}

    async def ask(self, namespace: str, who: str, command: str, payload: Mapping[str, Any]) -> tuple[int, str]:
        client = await self._client(namespace, who)
        if client.closed is not None:
            return 0, "not let in"
        try:
            answer = await client.ask(command, dict(payload))
        except AssertionError:
            assert client.closed is not None
            return 0, "not let in"
        client.frames.clear()
        answer.pop("requestId", None)
        return int(answer["success"]), json.dumps(answer, sort_keys=True)

    async def _client(self, namespace: str, who: str) -> JsonClient:
        client = self._clients.get((namespace, who))
        if client is None:
            user: User | None = somebody(self.world, who)
            token = (await sync_to_async(tokens.issue)(user=user)).access if user else None
            path = f"/ws{namespace.rstrip('/')}/"
            client = await JsonClient.in_process(websocket_application, path, token=token)
            self._clients[namespace, who] = client
            with suppress(AssertionError):  # not everybody is let in everywhere
                await client.ready()
            if namespace == "/rooms" and who in ("reader", "author", "blocked", "blocker", "muter"):
                await client.tell("room:join", {"roomId": self.world.group.pk})
        return client

    async def close(self) -> None:
        for client in self._clients.values():
            await client.close()


def payload_of(contract: CommandContract, field: str, value: Any, world: World, who: str) -> dict[str, Any]:
    """Returns what is said: `value` in the field that is walked, what stands elsewhere is there for everybody."""
    ids = {"chapterId": world.out.pk, "roomId": world.group.pk, "userId": (somebody(world, who) or world.reader).pk}
    said: dict[str, Any] = {}
    for one in msgspec.structs.fields(contract.payload):
        if one.encode_name == field:
            said[field] = [value] if field.endswith("s") else value
        elif one.required or one.encode_name in ("text",):
            said[one.encode_name] = ids.get(one.encode_name, VALUES.get(one.encode_name))
    return said


@pytest.mark.django_db(transaction=True)
async def test_what_one_may_not_see_is_nothing_over_a_socket(world: World) -> None:
    things = await sync_to_async(build)(world)
    hub, speakers, wrong = await current_hub(), Speakers(world), []
    try:
        for namespace, contract in commands():
            for field in id_fields(contract.payload):
                if f"{contract.name} {field}" in BESIDE_IN_COMMANDS:
                    continue
                for kind in FIELDS[field].split():
                    of_kind = [thing for thing in things if thing.kind == kind]
                    wrong += [
                        problem
                        async for problem in walk_command(namespace, contract, field, kind, of_kind, speakers, world)
                    ]
        for thing in things:
            for pattern in ROOMS.get(thing.kind, ()):
                wrong += [problem async for problem in walk_room(pattern, thing, speakers)]
    finally:
        await speakers.close()
        await hub.stop()
    assert wrong == [], "\n".join(wrong)


async def walk_command(
    namespace: str,
    contract: CommandContract,
    field: str,
    kind: str,
    things: list[Thing],
    speakers: Speakers,
    world: World,
) -> Any:
    for thing in things:
        for who in CASTS.get(thing.kind, ALL_BUT_FRIENDS):
            if who in thing.seen_by or (who == "staff" and contract.name in STAFF_MANAGE):
                continue
            answers = []
            for keys in (thing.keys, thing.nothing):
                said = payload_of(contract, field, number_of(kind, keys), world, who)
                if field == "id":
                    said["kind"] = kind
                status, text = await speakers.ask(namespace, who, contract.name, said)
                answers.append((status, without_numbers(text, keys)))
            if answers[0] != answers[1]:
                yield f"{contract.name} {field}: {thing} for {who}: {apart(*answers)}"


async def walk_room(pattern: str, thing: Thing, speakers: Speakers) -> Any:
    namespace = "/rooms" if thing.kind == "group" else "/"
    for who in CASTS.get(thing.kind, ALL_BUT_FRIENDS):
        # Who may know of a group is not yet in it; who may see a chapter does not write it.
        if who in thing.seen_by:
            continue
        for command, said in (
            ("room:subscribe", lambda room: {"room": room}),
            ("presence:list", lambda room: {"room": room}),
            ("session:resume", lambda room: {"rooms": [room]}),
        ):
            answers = []
            for keys in (thing.keys, thing.nothing):
                status, text = await speakers.ask(namespace, who, command, said(pattern.format(**keys)))
                answers.append((status, without_numbers(text, keys)))
            if answers[0] != answers[1]:
                yield f"{command} {pattern}: {thing} for {who}: {apart(*answers)}"
