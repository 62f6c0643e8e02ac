"""Commands and namespaces of the halls."""

from typing import Any

import realtime
from realtime.contracts import Alias, Id, Payload, command
from realtime.errors import Conflict
from realtime.log.revocation import UserRoom
from realtime.namespaces import Call, Commands, Namespace
from realtime.positions import Position
from tests.realtime.app import papers, sheets
from tests.realtime.app.events import HallRoom, Level, Said, VaultRoom, Waved

commands = Commands()


@command(
    "hall:join", reply=dict[str, Any], aliases=[Alias("join_hall", ("hallId",), {"placeId": "hallId", "userId": None})]
)
class JoinHall(Payload):
    """Enters a hall."""

    hall_id: Id
    since: Position | None = None


@command("hall:say", reply=dict[str, Any], durable=True)
class Say(Payload):
    """Says something in a hall, durably."""

    hall_id: Id
    text: str


@command("hall:wave")
class Wave(Payload):
    """Waves, in passing."""

    hall_id: Id
    to_others_only: bool = False


@command("hall:level")
class SetLevel(Payload):
    """Sets the level several times in one turn."""

    hall_id: Id
    levels: list[int]


@command("hall:refuse")
class Refuse(Payload):
    """Is always refused."""


@command("hall:copy", reply=dict[str, Any])
class Copy(Payload):
    """Gives bytes back, on doors that carry them."""

    data: bytes


@command("hall:greet")
class Greet(Payload):
    """Greets somebody: a command about a person."""

    user_id: Id


@command("hall:crash")
class Crash(Payload):
    """Has a defect."""


@commands.handles(JoinHall)
async def join_hall(call: Call, command: JoinHall) -> dict[str, Any]:
    return await call.session.join(HallRoom(command.hall_id), command.since, present=True)


@commands.handles(Say, lane=lambda command: HallRoom(command.hall_id))
def say(call: Call, command: Say) -> dict[str, Any]:
    with realtime.atomic():
        realtime.emit(HallRoom(command.hall_id), Said(text=command.text), actor=call.identity.user_id)
    return {"said": command.text}


@commands.handles(Wave)
async def wave(call: Call, command: Wave) -> None:
    skip = call.connection_id if command.to_others_only else None
    realtime.emit(HallRoom(command.hall_id), Waved(who=call.identity.username), skip=skip)


@commands.handles(SetLevel)
async def set_level(call: Call, command: SetLevel) -> None:
    for level in command.levels:
        realtime.emit(HallRoom(command.hall_id), Level(level=level))


@commands.handles(Refuse)
def refuse(call: Call, command: Refuse) -> None:
    raise Conflict("Not today.", details={"day": "today"})


@commands.handles(Copy)
async def copy(call: Call, command: Copy) -> dict[str, Any]:
    return {"copies": [command.data, command.data]}


@commands.handles(Greet)
def greet(call: Call, command: Greet) -> None:
    realtime.emit(HallRoom(1), Waved(who=str(command.user_id)))


@commands.handles(Crash)
def crash(call: Call, command: Crash) -> None:
    raise ZeroDivisionError("a defect")


ROOMS = [HallRoom, VaultRoom, papers.PaperRoom, sheets.SheetRoom, UserRoom]

halls = Namespace("/halls", commands=[commands, papers.commands], rooms=ROOMS)
Namespace("/members", commands=[commands], rooms=ROOMS, admits=lambda identity: not identity.is_anonymous)
Namespace("/foyer", commands=[commands], rooms=ROOMS, auto_rooms=lambda identity: [HallRoom(1), HallRoom(2)])
