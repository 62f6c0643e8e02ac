"""Gathers what is declared, in a stable order, for the writers beside this module."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import inspect as types

from realtime.contracts import COMMANDS, EVENTS, CommandContract, EventContract
from realtime.errors import CATALOGUE, ApplicationError
from realtime.namespaces import NAMESPACES, Namespace
from realtime.rooms import ROOM_TYPES, Room


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything public that the running project declares, sorted by name."""

    events: list[EventContract]
    commands: list[CommandContract]
    rooms: list[type[Room]]
    errors: list[type[ApplicationError]]
    namespaces: list[Namespace]

    def structs(self) -> dict[str, types.StructType]:
        """Returns every payload type that events and commands mention, nested ones included, by name.

        Raises TypeError when two different types share a name: generated types would clash.
        """
        found: dict[str, types.StructType] = {}
        roots: list[Any] = [event.payload for event in self.events]
        for command in self.commands:
            roots += [command.payload, command.reply]
        for info in types.multi_type_info(roots):
            for struct in _structs_in(info):
                known = found.setdefault(struct.cls.__name__, struct)
                if known.cls is not struct.cls:
                    raise TypeError(f"Two payload types are called {struct.cls.__name__}.")
        return dict(sorted(found.items()))


def catalogue() -> Catalogue:
    """Returns what is declared now; call it once every app is ready."""
    return Catalogue(
        events=sorted(
            (event for variants in EVENTS.values() for event in variants if not event.internal),
            key=lambda event: (event.name, event.payload.__name__),
        ),
        commands=sorted(COMMANDS.values(), key=lambda command: command.name),
        rooms=sorted(ROOM_TYPES.values(), key=lambda room: room.pattern),
        errors=sorted(CATALOGUE.values(), key=lambda error: error.code),
        namespaces=sorted(NAMESPACES.values(), key=lambda namespace: namespace.name),
    )


def type_info(annotation: Any) -> types.Type:
    """Returns msgspec's description of a type annotation; None describes the absence of a value."""
    return msgspec.inspect.type_info(annotation)


def _structs_in(info: types.Type) -> Iterator[types.StructType]:
    pending: list[types.Type] = [info]
    seen: set[type] = set()
    while pending:
        current = pending.pop()
        if isinstance(current, types.Metadata):
            pending.append(current.type)
        elif isinstance(current, types.StructType):
            if current.cls not in seen:
                seen.add(current.cls)
                yield current
                pending += [field.type for field in current.fields]
        elif isinstance(current, types.UnionType):
            pending += current.types
        elif isinstance(current, types.DictType):
            pending.append(current.value_type)
        elif isinstance(current, types.TupleType):
            pending += current.item_types
        elif isinstance(current, types.CollectionType):
            pending.append(current.item_type)
