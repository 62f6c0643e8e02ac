"""Whatever is said over a socket, the answer is never an error of ours, and nothing of it stays behind.

Every command of every namespace, under each of its names, as an object and with positional arguments; the inputs come
from the contracts. `make soak` sends fifty times as many, and others each time.
"""

import asyncio
import gc
import itertools
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

import livrya.site.namespaces  # noqa: F401  # declares / and /admin
from livrya.accounts.services import tokens
from livrya.settings import REALTIME
from realtime.contracts import CommandContract
from realtime.doors.socketio.packets import MAX_NESTING
from realtime.errors import CloseCode
from realtime.hub import Hub, current_hub
from realtime.namespaces import NAMESPACES
from realtime.people.limits.acts import ACTS
from realtime.routing import websocket_application
from realtime.testing.client import ApplicationTransport, JsonClient
from tests.books import library
from tests.livrya.accounts.people import person
from tests.realtime.doors.in_process import BareClient

# Slow, and about shapes of messages: the services behind them are tested on both databases.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.either_database]

IN_A_TALK = 20
TALKS = 120
TALKS_IN_SOAK = 5_000
GROWTH_MIB = 64
"""More memory than this, once warm, is a leak: 80,000 inputs that kept 1 KB each would be 80 MiB."""

_UNLIMITED = (
    "CONNECTION_POINTS_PER_SECOND",
    "CONNECTION_POINTS_BURST",
    "USER_POINTS_PER_SECOND",
    "USER_POINTS_BURST",
    "REFUSALS_PER_SECOND",
    "REFUSALS_BURST",
)
DEEP = MAX_NESTING - 10
"""Deeper than anything that is meant; beyond MAX_NESTING, what is around it counted, Socket.IO ends the connection."""


def nested(depth: int, wrap: Callable[[Any], Any]) -> Any:
    """Returns something wrapped into itself so many times."""
    value: Any = []
    for _ in range(depth):
        value = wrap(value)
    return value


_SHORT = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1.5,
        1e308,
        2**31,
        2**63 - 1,
        2**63,
        -(10**30),
        "",
        " ",
        "\x00",
        "\ud800",
        "half \udc00 a pair\x00",
        "1",
        "٣",
        "1_0",
        [],
        {},
    ]
)


def _long(kind: str) -> Any:
    """Made where it is used: Hypothesis writes down what it draws from."""
    match kind:
        case "list":
            return nested(DEEP, lambda inner: [inner])
        case "object":
            return nested(DEEP, lambda inner: {"a": inner})
        case "number":
            return 10**400
    return "9" * 5_000


_LONG = st.sampled_from(["list", "object", "number", "digits"]).map(_long)
_ODD = st.one_of(_SHORT, _SHORT, _SHORT, _SHORT, _LONG)
_IDS = st.one_of(st.integers(1, 6), st.integers(1, 6).map(str), _ODD)
_ROOMS = st.one_of(
    st.builds("{}:{}".format, st.sampled_from(["book", "chapter", "draft", "user", "notifications"]), _IDS),
    st.sampled_from(["admin:broadcast", "social:feed", "author:1:followers", "book:01", "book:1:", "x" * 3000]),
)
_TEXTS = st.one_of(
    _ROOMS,
    st.sampled_from(
        ["all", "chapters", "muted", "writing", "commenting", "heart", "🙂", "\u202eevil", "<b>", "x" * 9000]
    ),
    st.text(max_size=20),
)
_JSON = st.recursive(
    _ODD | _TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3)
)


def fitting(kind: msgspec.inspect.Type) -> st.SearchStrategy[Any]:
    """Returns values of a declared type, near enough to get past its validation most of the time."""
    match kind:
        case msgspec.inspect.Metadata():
            return fitting(kind.type)
        case msgspec.inspect.UnionType():
            return st.one_of([fitting(member) for member in kind.types])
        case msgspec.inspect.IntType():
            return _IDS
        case msgspec.inspect.StrType():
            return _TEXTS
        case msgspec.inspect.BoolType():
            return st.booleans()
        case msgspec.inspect.EnumType():
            return st.sampled_from([member.value for member in kind.cls])
        case msgspec.inspect.LiteralType():
            return st.sampled_from(list(kind.values))
        case msgspec.inspect.ListType() | msgspec.inspect.VarTupleType():
            return st.lists(fitting(kind.item_type), max_size=3)
        case msgspec.inspect.DictType():
            return st.dictionaries(_ROOMS, fitting(kind.value_type), max_size=4)
        case msgspec.inspect.StructType():
            fields = {
                field.encode_name: fitting(field.type)
                if field.required
                else st.one_of(st.just(...), fitting(field.type))
                for field in kind.fields
            }
            return st.fixed_dictionaries(fields).map(
                lambda made: {name: value for name, value in made.items() if value is not ...}
            )
    return _JSON


def commands() -> dict[str, list[tuple[str, CommandContract]]]:
    """Returns every name that each namespace takes, with its contract."""
    return {
        namespace.name: sorted(
            ((name, handler.contract) for name, (handler, _) in namespace.commands.items()), key=lambda pair: pair[0]
        )
        for namespace in NAMESPACES.values()
        if not namespace.name.startswith(("/halls", "/members", "/foyer"))
    }


def said_to(namespace: str) -> st.SearchStrategy[tuple[str, Any]]:
    """Returns a command's name and what is said with it: an object, a list of arguments, or whatever."""

    def of(pair: tuple[str, CommandContract]) -> st.SearchStrategy[tuple[str, Any]]:
        name, contract = pair
        whole = fitting(msgspec.inspect.type_info(contract.payload))
        spoilt = st.tuples(whole, st.dictionaries(_TEXTS, _ODD, max_size=1)).map(lambda two: two[0] | two[1])
        arguments = whole.map(lambda payload: list(payload.values()))
        return st.tuples(st.just(name), st.one_of(whole, whole, spoilt, arguments, _JSON))

    known = st.sampled_from(commands()[namespace]).flatmap(of)
    return st.one_of(known, known, known, st.tuples(_TEXTS, _JSON))


class Talkers:
    """One client at each door of each namespace: of an author, a reader and nobody, as long as they are let in."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self.runner = runner
        self.hub: Hub = runner.run(current_hub())
        self._people = runner.run(sync_to_async(_furnish)())
        self._numbers = itertools.count()
        self._clients: dict[tuple[str, str, str], JsonClient | BareClient] = {}
        self.codes: Counter[str] = Counter()

    async def say(self, talk: "Talk") -> None:
        for name, payload in talk.messages:
            client = await self._client(talk.door, talk.who, talk.namespace)
            if client is None:
                return
            try:
                answer = await self._ask(client, talk, name, payload)
            except AssertionError:
                # A moderator is among the talkers; nothing that is JSON ends a connection.
                assert client.closed == CloseCode.REVOKED, (name, payload)
                self.codes["closed"] += 1
                continue
            code = "" if answer["success"] else answer["error"]["code"]
            self.codes[code] += 1
            assert code not in ("INTERNAL", "UNAVAILABLE", "RATE_LIMITED"), (name, payload, answer)

    async def _ask(self, client: JsonClient | BareClient, talk: "Talk", name: str, payload: Any) -> Any:
        if isinstance(client, BareClient):
            arguments = payload if isinstance(payload, list) else [payload]
            return await client.ask(talk.namespace, name, *arguments)
        number = f"{talk.who}-{next(self._numbers)}"
        await client.send({"requestId": number, "type": name, "payload": payload})
        answer = await client.wait(lambda frame: "success" in frame and frame["requestId"] == number, anywhere=True)
        client.frames.clear()
        return answer

    async def _client(self, door: str, who: str, namespace: str) -> JsonClient | BareClient | None:
        key = (door, who, namespace)
        client = self._clients.get(key)
        if client is None or client.closed is not None:
            token = self._people[who] and (await sync_to_async(tokens.issue)(user=self._people[who])).access
            if door == "json":
                client = await JsonClient.in_process(
                    websocket_application, f"/ws{namespace.rstrip('/')}/", token=token or None
                )
            else:
                client = await _bare()
                if "message" in await client.enter(namespace, **({"token": token} if token else {})):
                    await client.close()
                    return None
            self._clients[key] = client
            if isinstance(client, JsonClient):
                try:
                    await client.ready()
                except AssertionError:
                    return None
        if isinstance(client, BareClient):
            client.texts.clear()
        return client

    async def leave(self) -> None:
        for client in self._clients.values():
            await client.close()
        await sync_to_async(connections.close_all)()


def _furnish() -> dict[str, Any]:
    book = library.book()
    chapter = library.chapter(book)
    library.draft(book)
    library.comment(chapter)
    private = library.book(visibility="private")
    library.chapter(private)
    return {
        "author": library.author_of(book),
        "staff": person("staff", is_staff=True, is_superuser=True),
        "reader": library.reader_of(chapter),
        "nobody": None,
    }


async def _bare() -> BareClient:
    link = ApplicationTransport(
        websocket_application,
        {
            "type": "websocket",
            "path": "/socket.io/",
            "query_string": b"EIO=4&transport=websocket",
            "headers": [],
            "subprotocols": [],
            "client": ("127.0.0.1", 1),
            "extensions": {},
        },
    )
    await link.accepted()
    return BareClient(link)


@pytest.fixture
def talkers(settings: Settings, caplog: pytest.LogCaptureFixture) -> Iterator[Talkers]:
    settings.ACT_LIMITS = dict.fromkeys(ACTS, (10**9, 1))
    settings.REALTIME = (
        REALTIME
        | dict.fromkeys(_UNLIMITED, 1e9)
        # Whose turn does not come for long answers no ping.
        | {"CONNECTIONS_PER_USER": 100, "AUTH_DEADLINE_SECONDS": 0.05, "HEARTBEAT_SECONDS": 3600}
    )
    caplog.set_level(logging.WARNING)
    unhandled: list[dict[str, Any]] = []
    with asyncio.Runner() as runner:
        runner.get_loop().set_exception_handler(lambda _, context: unhandled.append(context))
        talkers = Talkers(runner)
        tasks_before = runner.run(_tasks())
        yield talkers
        runner.run(talkers.leave())
        runner.run(_until(lambda: not talkers.hub.connections and not talkers.hub.sessions()))
        runner.run(_until(lambda: len(asyncio.all_tasks()) - 1 <= tasks_before))
        runner.run(talkers.hub.stop())
    assert not unhandled
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


async def _tasks() -> int:
    return len(asyncio.all_tasks()) - 1


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110  # the end of tasks of the hub
            await asyncio.sleep(0.01)


@dataclass(repr=False)
class Talk:
    """What one client says, one thing after another. Too long to be shown."""

    door: str
    who: str
    namespace: str
    messages: list[tuple[str, Any]]


@st.composite
def talks(draw: st.DrawFn) -> Talk:
    namespace = draw(st.sampled_from(sorted(commands())))
    door = draw(st.sampled_from(["json", "socket.io"]))
    who = draw(st.sampled_from(["author", "staff", "reader", "nobody"]))
    return Talk(door, who, namespace, draw(st.lists(said_to(namespace), min_size=IN_A_TALK, max_size=IN_A_TALK)))


def fuzz(talkers: Talkers, *, count: int, derandomize: bool) -> None:
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=derandomize,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(talks())
    def one(talk: Talk) -> None:
        talkers.runner.run(talkers.say(talk))

    one()


def test_no_message_is_an_error_of_ours(talkers: Talkers) -> None:
    fuzz(talkers, count=TALKS, derandomize=True)
    assert talkers.codes[""] > 100, talkers.codes


@pytest.mark.soak
def test_no_message_is_an_error_of_ours_nor_leaves_anything_behind_for_long(talkers: Talkers) -> None:
    fuzz(talkers, count=TALKS_IN_SOAK // 5, derandomize=False)
    warm = resident_mib()
    for _ in range(4):
        fuzz(talkers, count=TALKS_IN_SOAK // 5, derandomize=False)
    assert resident_mib() - warm < GROWTH_MIB


def resident_mib() -> float:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20
