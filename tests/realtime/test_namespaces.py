"""What a client may say where: handlers and their names, and questions that are answered for many at once."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from realtime import namespaces as module
from realtime.contracts import COMMANDS
from realtime.identity import ANONYMOUS, Identity
from realtime.namespaces import Call, Commands, Namespace, for_each, for_many, standard
from tests.realtime.app.namespaces import JoinHall, Say
from tests.realtime.examples import BenchRoom

pytestmark = pytest.mark.either_database

ADA, BOB = Identity(7, "ada"), Identity(8, "bob")


@pytest.fixture
def commands() -> Commands:
    made = Commands()

    @made.handles(JoinHall)
    async def join(call: Call, command: JoinHall) -> None: ...

    @made.handles(Say, lane=lambda command: BenchRoom(command.hall_id))
    def say(call: Call, command: Say) -> None: ...

    return made


def test_a_handler_is_known_by_its_command_with_its_lane_and_where_it_runs(commands: Commands) -> None:
    join, say = commands.handlers["hall:join"], commands.handlers["hall:say"]
    assert (join.is_async, say.is_async) == (True, False)
    assert join.contract is COMMANDS["hall:join"]
    assert join.lane is None
    assert say.lane is not None
    assert say.lane(Say(hall_id=3, text="x")) == BenchRoom(3)


def test_a_command_has_one_handler(commands: Commands) -> None:
    with pytest.raises(TypeError, match="hall:join is handled twice"):
        commands.handles(JoinHall)(lambda call, command: None)


def test_a_namespace_takes_its_commands_by_every_name_and_the_engines_own(commands: Commands) -> None:
    namespace = Namespace("/unlisted", commands=[commands], listed=False)
    for name in ("hall:join", "join_hall"):
        assert namespace.commands[name][0] is commands.handlers["hall:join"]
    assert namespace.commands["join_hall"][1].fields == ("hallId",)
    assert standard.handlers.keys() <= namespace.commands.keys()
    assert set(namespace.handlers) == {"hall:join", "hall:say"}


def test_a_name_is_declared_once_and_what_is_not_listed_cannot_be_entered_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    declared: dict[str, Namespace] = {}
    monkeypatch.setattr(module, "NAMESPACES", declared)
    Namespace("/unlisted", listed=False)
    listed = Namespace("/listed")
    assert declared == {"/listed": listed}
    assert listed.admits(ANONYMOUS)
    with pytest.raises(TypeError, match="/listed is declared twice"):
        Namespace("/listed")


def test_what_is_answered_for_many_is_asked_once_and_answers_for_one() -> None:
    asked: list[Sequence[Identity]] = []

    @for_many
    def names(people: Sequence[Identity]) -> list[str]:
        asked.append(people)
        return [person.username for person in people]

    assert for_each(names, [ADA, BOB]) == ["ada", "bob"]
    assert names(BOB) == "bob"
    assert asked == [[ADA, BOB], [BOB]]
    assert names.__name__ == "names"


def test_what_is_answered_for_one_is_asked_for_each() -> None:
    assert for_each(lambda person: person.user_id, [ADA, BOB]) == [7, 8]


async def test_a_call_reads_and_writes_through_its_session() -> None:
    done: list[tuple[object, ...]] = []

    async def read(function: Any, *arguments: Any) -> str:
        done.append(("read", function, *arguments))
        return "read"

    async def write(room: Any, function: Any, *arguments: Any) -> str:
        done.append(("write", room, function, *arguments))
        return "written"

    async def roster(room: Any) -> str:
        return f"who is in {room.name}"

    session: Any = SimpleNamespace(read=read, write=write, roster=roster)
    call = Call(ADA, "c1", None, session)
    assert [await call.read(max, 1, 2), await call.write(BenchRoom(1), min, 3)] == ["read", "written"]
    assert done == [("read", max, 1, 2), ("write", BenchRoom(1), min, 3)]
    assert await call.roster(BenchRoom(1)) == "who is in bench:1"
