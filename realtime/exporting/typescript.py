"""Writes the contracts as TypeScript types for the browser client."""

import inspect
import json
from itertools import groupby

from msgspec import NODEFAULT
from msgspec import inspect as types

from realtime.contracts import EventContract
from realtime.errors import CloseCode
from realtime.exporting.catalogue import Catalogue, type_info
from realtime.rooms import Room

_HEADER = "// Generated from the contracts by `manage.py export_contracts`. Do not edit.\n"

_SCALARS: dict[type[types.Type], str] = {
    types.BoolType: "boolean",
    types.IntType: "number",
    types.FloatType: "number",
    types.StrType: "string",
    types.NoneType: "null",
    types.AnyType: "unknown",
    types.RawType: "unknown",
    types.BytesType: "string",
}


def typescript(catalogue: Catalogue) -> str:
    """Returns the module's text: a type per payload, and the maps of events, commands, rooms and codes."""
    sections = [_HEADER]
    sections += [_interface(name, struct) for name, struct in catalogue.structs().items()]
    sections.append(
        "/** Every event by its name. */\nexport interface EventMap {\n"
        + "".join(_event(name, list(variants)) for name, variants in groupby(catalogue.events, lambda one: one.name))
        + "}\n"
    )
    sections.append(
        "/** Every command by its name: what it takes and what its ack carries. */\nexport interface CommandMap {\n"
        + "".join(
            f"{_comment(command.doc, '  ')}  {json.dumps(command.name)}: "
            f"{{ payload: {command.payload.__name__}; reply: {type_text(type_info(command.reply))} }};\n"
            for command in catalogue.commands
        )
        + "}\n"
    )
    durable = list(dict.fromkeys(event.name for event in catalogue.events if event.durable))
    sections.append(f"export const DURABLE_EVENTS: ReadonlySet<keyof EventMap> = new Set({_list(durable)} as const);\n")
    writing = [command.name for command in catalogue.commands if command.durable]
    sections.append(
        f"export const DURABLE_COMMANDS: ReadonlySet<keyof CommandMap> = new Set({_list(writing)} as const);\n"
    )
    sections.append(
        "/** The name of a room. */\nexport type RoomName =\n"
        + "\n".join(f"  | {_room(room)}" for room in catalogue.rooms)
        + ";\n"
    )
    sections.append(
        "export type ErrorCode =\n" + "\n".join(f"  | {json.dumps(error.code)}" for error in catalogue.errors) + ";\n"
    )
    sections.append(
        "/** Why a connection was closed: 1012 and 4000–4499 reconnect, 4500–4999 stay away. */\n"
        "export const CloseCode = {\n"
        + "".join(f"  {code.name}: {code.value},\n" for code in CloseCode)
        + "} as const;\n"
    )
    return "\n".join(sections)


def _event(name: str, variants: list[EventContract]) -> str:
    doc = "\n".join(variant.doc for variant in variants)
    payload = " | ".join(variant.payload.__name__ for variant in variants)
    return f"{_comment(doc, '  ')}  {json.dumps(name)}: {payload};\n"


def _interface(name: str, struct: types.StructType) -> str:
    fields = "".join(
        f"  {field.encode_name}{'' if field.required or not _omitted(field) else '?'}: {type_text(field.type)};\n"
        for field in struct.fields
    )
    return f"{_comment(inspect.cleandoc(struct.cls.__doc__ or ''), '')}export interface {name} {{\n{fields}}}\n"


def _omitted(field: types.Field) -> bool:
    return field.default is not NODEFAULT or field.default_factory is not NODEFAULT


def type_text(info: types.Type) -> str:
    """Returns a type as TypeScript writes it. Raises TypeError for one without a twin."""
    if scalar := _SCALARS.get(type(info)):
        return scalar
    if isinstance(info, types.Metadata):
        return type_text(info.type)
    if isinstance(info, types.StructType):
        return info.cls.__name__
    if isinstance(info, types.LiteralType):
        return " | ".join(json.dumps(value) for value in info.values)
    if isinstance(info, types.EnumType):
        return " | ".join(json.dumps(member.value) for member in info.cls)
    if isinstance(info, types.UnionType):
        return " | ".join(dict.fromkeys(type_text(member) for member in info.types))
    if isinstance(info, types.DictType):
        return f"Record<string, {type_text(info.value_type)}>"
    if isinstance(info, types.TupleType):
        return f"[{', '.join(type_text(item) for item in info.item_types)}]"
    if isinstance(info, types.CollectionType):
        return f"Array<{type_text(info.item_type)}>"
    raise TypeError(f"The contracts use a type without a TypeScript twin: {info}")


def _room(room: type[Room]) -> str:
    return (
        "`" + "".join(part if index % 2 == 0 else "${number}" for index, part in enumerate(_parts(room.pattern))) + "`"
    )


def _parts(pattern: str) -> list[str]:
    return [piece for chunk in pattern.split("{") for piece in chunk.split("}")]


def _list(names: list[str]) -> str:
    return "[\n" + "".join(f"  {json.dumps(name)},\n" for name in names) + "]"


def _comment(doc: str, indent: str) -> str:
    lines = [line.strip() for line in doc.strip().splitlines()]
    if not lines:
        return ""
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    return f"{indent}/**\n" + "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines) + f"{indent} */\n"
