"""What a client may say where: namespaces, and the handlers of commands."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property, update_wrapper
from inspect import iscoroutinefunction
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from realtime.contracts import Alias, CommandContract, Payload, command_contract
from realtime.identity import Identity
from realtime.positions import Position
from realtime.rooms import Grant, Room, Roster

T = TypeVar("T")
Q = TypeVar("Q", bound=Hashable)
A = TypeVar("A")

NAMESPACES: dict[str, "Namespace"] = {}


class Session(Protocol):
    """One person in one namespace of one connection, as handlers see them. Belongs to the event loop."""

    @property
    def identity(self) -> Identity:
        """Who it is."""

    @property
    def connection_id(self) -> str:
        """What `emit(skip=…, to=…)` takes."""

    @property
    def namespace(self) -> "Namespace":
        """Where."""

    @property
    def closed(self) -> bool:
        """Whether it is over."""

    async def read(self, function: Callable[..., T], *arguments: Any) -> T:
        """Returns what `function`, which reads the database, returns; called in a thread."""

    def ask(self, answering: Callable[[list[Q]], Sequence[A | Exception]], question: Q) -> Awaitable[A]:
        """Returns the answer to come from a function that reads them for many sessions at once, in their order.

        For what everybody asks who comes: called in a thread, in one snapshot, with all questions that wait.
        """

    async def write(self, room: Room, function: Callable[..., T], *arguments: Any) -> T:
        """Returns what `function`, which writes, returns; called in a thread, one after another for each room.

        It may share a transaction with its neighbours, and is then called again when that failed.
        """

    async def roster(self, room: Room) -> Roster:
        """Returns who is in a room, over all processes, for whoever asks."""

    async def join(self, room: Room, since: Position | None = None, *, present: bool = False) -> dict[str, Any]:
        """Enters a room and returns the answer's data. Raises NotFound for a room that is not for this person."""

    async def leave(self, room: Room) -> None:
        """Takes the person out; an automatic room goes on being received. Harmless when not joined."""

    def grant(self, room: Room) -> Grant | None:
        """Returns the session's permission to receive the room, None when it has none (any more)."""

    def is_present(self, room: Room) -> bool:
        """Tells whether this session counts its person in the room."""

    def notify(self, name: str, payload: Any, room: str | None = None) -> None:
        """Sends it to this session alone, outside of any log."""

    def spawn(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Runs `work` until it ends or the process leaves; what it raises is logged."""


class Call(msgspec.Struct, frozen=True):
    """One command on its way through its handler.

    `session` belongs to the event loop: only async handlers touch it. `connection_id` is what
    `emit(skip=…, to=…)` takes. `present`: the session has joined the room in whose lane the command runs.
    """

    identity: Identity
    connection_id: str
    request_id: str | None
    session: Session
    present: bool = False

    async def read(self, function: Callable[..., T], *arguments: Any) -> T:
        """See `Session.read`."""
        return await self.session.read(function, *arguments)

    async def write(self, room: Room, function: Callable[..., T], *arguments: Any) -> T:
        """See `Session.write`."""
        return await self.session.write(room, function, *arguments)

    async def roster(self, room: Room) -> Roster:
        """See `Session.roster`."""
        return await self.session.roster(room)


@dataclass(frozen=True, slots=True)
class Handler:
    """How one command is carried out.

    `run` returns the ack's data. A sync one is run in an executor, in the lane of `lane(command)`: commands
    of one lane are carried out one after another per process. An async one runs on the loop, never blocks,
    and is the only kind that may touch the session.
    """

    contract: CommandContract
    run: Callable[[Call, Any], Any] | Callable[[Call, Any], Awaitable[Any]]
    lane: Callable[[Any], Room] | None
    is_async: bool


class Commands:
    """A set of handlers that namespaces include."""

    def __init__(self) -> None:
        self.handlers: dict[str, Handler] = {}

    def handles(
        self, payload: type[Payload], *, lane: Callable[[Any], Room] | None = None
    ) -> Callable[[Callable[[Call, Any], Any]], Callable[[Call, Any], Any]]:
        """Registers the decorated function as the handler of the command `payload`."""

        def register(run: Callable[[Call, Any], Any]) -> Callable[[Call, Any], Any]:
            contract = command_contract(payload)
            if contract.name in self.handlers:
                raise TypeError(f"The command {contract.name} is handled twice.")
            self.handlers[contract.name] = Handler(contract, run, lane, iscoroutinefunction(run))
            return run

        return register


standard = Commands()
"""What the engine itself answers, in every namespace."""


class ForMany(Generic[A]):
    """A question about a person that is answered for many at once; `for_many` makes it. Called, it answers for one."""

    def __init__(self, answer: Callable[[Sequence[Identity]], Sequence[A]]) -> None:
        self.answer = answer
        update_wrapper(self, answer)

    def __call__(self, identity: Identity) -> A:
        [answer] = self.answer([identity])
        return answer


def for_many(answer: Callable[[Sequence[Identity]], Sequence[A]]) -> ForMany[A]:
    """Makes what answers for each of many people, in their order, an answer for one, too.

    For `auto_rooms` and `greeting` of namespaces: when everybody comes back at once, it is asked for many of them, and
    its queries should not grow with them. What is no such answer is called for each person.
    """
    return ForMany(answer)


def for_each(answer: Callable[[Identity], A], people: Sequence[Identity]) -> Sequence[A]:
    """Returns the answer for each of many people, asked at once where it can be."""
    return answer.answer(people) if isinstance(answer, ForMany) else [answer(identity) for identity in people]


class Namespace:
    """A door's room of its own: which commands are taken, which rooms may be joined, who gets in.

    `admits(identity)` decides on the loop, from the identity alone. `auto_rooms(identity)` names the rooms
    that a new session receives at once, `greeting(identity)` what it is sent when it has entered them, without
    a position (rooms that it resumes are left out); both sync, in an executor and a snapshot, and better `for_many`.
    `opened(session)` runs on the loop once the session has begun, beside its first commands. One that is not `listed`
    cannot be entered by name.
    """

    def __init__(
        self,
        name: str,
        *,
        commands: Sequence[Commands] = (),
        rooms: Sequence[type[Room]] = (),
        admits: Callable[[Identity], bool] = lambda identity: True,
        auto_rooms: Callable[[Identity], Sequence[Room]] = lambda identity: (),
        greeting: Callable[[Identity], Sequence[tuple[Room, Payload]]] | None = None,
        opened: Callable[[Session], Coroutine[Any, Any, None]] | None = None,
        listed: bool = True,
    ) -> None:
        if listed and name in NAMESPACES:
            raise TypeError(f"The namespace {name} is declared twice.")
        self.name = name
        self.rooms = frozenset(rooms)
        self.admits = admits
        self.auto_rooms = auto_rooms
        self.greeting = greeting
        self.opened = opened
        self.handlers: dict[str, Handler] = {}
        for included in commands:
            self.handlers.update(included.handlers)
        if listed:
            NAMESPACES[name] = self

    @cached_property
    def commands(self) -> dict[str, tuple[Handler, Alias]]:
        """Every name that is taken here, aliases and the engine's own commands included."""
        found: dict[str, tuple[Handler, Alias]] = {}
        for handler in (*standard.handlers.values(), *self.handlers.values()):
            # An alias of the command's own name says how its arguments come.
            for alias in (handler.contract.positional(), *handler.contract.aliases):
                found[alias.name] = (handler, alias)
        return found
