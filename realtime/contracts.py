"""Declares events and commands: once, typed, next to their domain.

From a declaration come validation, the encoder, the TypeScript types and the reference pages.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, TypeAlias, TypeVar, dataclass_transform

import msgspec
from msgspec import inspect as types

from realtime.rooms import Room

_MARK = {"id": True}

Id: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1, extra=_MARK)]
"""The id of something in a command; what fits no key is refused before it reaches a database."""

_WRITTEN = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Payload(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Base of everything that travels: snake_case here, camelCase on the wire, unknown fields refused.

    Times are Unix milliseconds (`…_at: int`).
    """


P = TypeVar("P", bound=type[Payload])


@dataclass(frozen=True, slots=True)
class EventContract:
    """What is known of one event type.

    `conflate_by`: for an ephemeral event, the fields whose equal values let a newer one replace an older
    one that was not sent yet; () means one per room, None means never. `internal`: acted on by the engine
    only (revocations), never sent to a client. `binary`: the name of the payload's last field, bytes that are stored as
    they are; None for a payload that is JSON alone.
    """

    name: str
    payload: type[Payload]
    rooms: tuple[type[Room], ...]
    durable: bool
    conflate_by: tuple[str, ...] | None
    internal: bool
    doc: str
    personal: bool = False
    binary: str | None = None


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name under which a command is accepted, with the order of its positional arguments.

    `fields` are wire names (camelCase); None in it skips an argument that is ignored. `renamed` says what the
    fields of an object are called under that name, the wire name behind each; None there ignores a field.
    """

    name: str
    fields: tuple[str | None, ...]
    renamed: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CommandContract:
    """What is known of one command.

    `durable`: it writes, so a repeated `requestId` gives the first answer, unless the answer is `secret`: that one
    is not kept, and a repetition is another command. `cost` is in rate-limit points.
    """

    name: str
    payload: type[Payload]
    reply: Any
    durable: bool
    cost: int
    aliases: tuple[Alias, ...]
    doc: str
    secret: bool = False

    @property
    def repeatable(self) -> bool:
        """Whether the same `requestId` takes effect once."""
        return self.durable and not self.secret

    def positional(self) -> Alias:
        """Returns the command's own name with its fields in declared order."""
        return Alias(self.name, tuple(field.encode_name for field in msgspec.structs.fields(self.payload)))


EVENTS: dict[str, list[EventContract]] = {}
"""By wire name: one contract, or several for rooms of different types (a reaction to a comment, to a message)."""
PERSONAL: set[str] = set()
"""The wire names of personal events."""
COMMANDS: dict[str, CommandContract] = {}
_BINARY_ROOMS: set[type[Room]] = set()
_EVENT_OF: dict[type[Payload], EventContract] = {}
_COMMAND_OF: dict[type[Payload], CommandContract] = {}


def event(
    name: str,
    *,
    rooms: Sequence[type[Room]],
    durable: bool = True,
    conflate_by: Sequence[str] | None = None,
    internal: bool = False,
    personal: bool = False,
    binary: str | None = None,
) -> Callable[[P], P]:
    """Declares the decorated payload as the event `name`, published to rooms of the given types.

    Durable: logged, ordered, replayed. Otherwise ephemeral: at most once, no seq. The docstring says when
    it happens and who receives it; it becomes the public reference. In rooms of another type the same name may
    have another payload.

    `binary` names the payload's last field, bytes: a durable event of up to 4 MiB. It is a piece of something whole, so
    no view hides it and `blank` does not empty it.
    """

    def declare(payload: P) -> P:
        existing = EVENTS.setdefault(name, [])
        if any(_overlap(rooms, other.rooms) for other in existing):
            raise TypeError(f"The event {name} is declared twice.")
        if durable and conflate_by is not None:
            raise TypeError(f"The event {name} is durable: it is never conflated.")
        if binary is not None and (not durable or payload.__struct_fields__[-1] != binary):
            raise TypeError(f"The event {name} is not durable, or {binary} is not the last field of its payload.")
        keys = None if conflate_by is None else tuple(conflate_by)
        contract = EventContract(name, payload, tuple(rooms), durable, keys, internal, _doc(payload), personal, binary)
        _EVENT_OF[payload] = contract
        existing.append(contract)
        if personal:
            PERSONAL.add(name)
        if binary is not None:
            _BINARY_ROOMS.update(rooms)
        return payload

    return declare


def command(
    name: str,
    *,
    reply: Any = None,
    durable: bool = False,
    secret: bool = False,
    cost: int = 1,
    aliases: Sequence[Alias] = (),
) -> Callable[[P], P]:
    """Declares the decorated payload as the command `name`; `reply` is the type of its ack's `data`.

    `secret`: the reply holds what only its receiver may ever have.
    """

    def declare(payload: P) -> P:
        if name in COMMANDS:
            raise TypeError(f"The command {name} is declared twice.")
        contract = CommandContract(name, payload, reply, durable, cost, tuple(aliases), _doc(payload), secret)
        COMMANDS[name] = _COMMAND_OF[payload] = contract
        return payload

    return declare


def event_contract(payload: Payload | type[Payload]) -> EventContract:
    """Returns the contract of an event's class or instance. Raises KeyError for what is no event."""
    return _EVENT_OF[payload if isinstance(payload, type) else type(payload)]


def event_in(room: Room, name: str) -> EventContract:
    """Returns the contract of the event of that name in that room. Raises KeyError where there is none."""
    for contract in EVENTS[name]:
        if isinstance(room, contract.rooms) or not contract.rooms:
            return contract
    raise KeyError(name)


def holds_binary(room: str) -> bool:
    """Tells whether events with bytes are published to the room of that name."""
    return any(room_type.regex.fullmatch(room) for room_type in _BINARY_ROOMS)


def command_contract(payload: Payload | type[Payload]) -> CommandContract:
    """Returns the contract of a command's class or instance. Raises KeyError for what is no command."""
    return _COMMAND_OF[payload if isinstance(payload, type) else type(payload)]


def _overlap(some: Sequence[type[Room]], others: Sequence[type[Room]]) -> bool:
    """Tells whether a room could be of both; no types at all stand for every one."""
    if not some or not others:
        return True
    return any(issubclass(one, other) or issubclass(other, one) for one in some for other in others)


def _doc(payload: type[Payload]) -> str:
    doc = inspect.cleandoc(payload.__dict__.get("__doc__") or "")
    if not doc:
        raise TypeError(f"{payload.__name__} needs a docstring: it is the public reference.")
    return doc


def with_numbers(payload_type: type[msgspec.Struct], payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the payload with the ids in it as numbers, alone or in lists, where they are written as we write them.

    Anything else (`"٣"`, `"1_0"`, `" 7 "`, `"07"`) is kept as it is, for validation to refuse.
    """
    written = [name for name in id_fields(payload_type) if isinstance(payload.get(name), str | list)]
    return {**payload, **{name: _number(payload[name]) for name in written}} if written else payload


@cache
def id_fields(payload_type: type[msgspec.Struct]) -> frozenset[str]:
    """Returns the wire names of the fields that hold an `Id`, or a list of them."""
    info = types.type_info(payload_type)
    assert isinstance(info, types.StructType)
    return frozenset(field.encode_name for field in info.fields if any(_marks(field.type)))


def _marks(info: types.Type) -> Iterator[bool]:
    if isinstance(info, types.Metadata):
        yield info.extra == _MARK
        yield from _marks(info.type)
    elif isinstance(info, types.UnionType):
        for member in info.types:
            yield from _marks(member)
    elif isinstance(info, types.CollectionType):
        yield from _marks(info.item_type)


def _number(value: Any) -> Any:
    if isinstance(value, list):
        return [_number(item) for item in value]
    return int(value) if isinstance(value, str) and _WRITTEN.fullmatch(value) else value
