"""Writes the reference pages for people: events and commands, and the codes."""

import inspect

from msgspec import Struct
from msgspec import inspect as types

from realtime.contracts import Alias, CommandContract, EventContract
from realtime.errors import CATALOGUE, CloseCode
from realtime.exporting.catalogue import Catalogue, type_info
from realtime.exporting.typescript import type_text as readable
from realtime.rooms import Room

_GENERATED = "<!-- Generated from the contracts by `manage.py export_contracts`. Do not edit. -->\n"


def reference(catalogue: Catalogue) -> str:
    """Returns the page of every namespace, room, command and event."""
    parts = [_GENERATED, "# Rooms, commands and events\n"]
    parts.append(
        "Fields are in camelCase, times are Unix milliseconds. How they travel is in [the protocol](../protocol.md).\n"
    )
    parts.append("## Namespaces\n")
    for namespace in catalogue.namespaces:
        commands = ", ".join(f"`{name}`" for name in sorted(namespace.handlers)) or "none"
        parts.append(f"- `{namespace.name}`: {commands}")
    parts.append("\n## Rooms\n")
    parts += [f"- `{room.pattern}`: {_line(room.__doc__ or '')}" for room in catalogue.rooms]
    parts.append("\n## Commands\n")
    parts += [_command(command) for command in catalogue.commands]
    parts.append("## Events\n")
    parts += [_event(event) for event in catalogue.events]
    named = {event.payload for event in catalogue.events} | {command.payload for command in catalogue.commands}
    others = {name: struct for name, struct in catalogue.structs().items() if struct.cls not in named}
    if others:
        parts.append("## Shapes\n")
        parts += [f"### {name}\n\n{_doc(struct)}\n\n{_fields(struct.cls)}" for name, struct in others.items()]
    return "\n".join(parts).rstrip() + "\n"


def codes() -> str:
    """Returns the page of error and close codes."""
    parts = [_GENERATED, "# Codes\n", "## Errors\n"]
    parts.append(
        "Every refusal has one of these, over sockets and HTTP alike: "
        "`{code, message, retryable, retryAfter?, details?}`.\n"
    )
    parts.append("| code | HTTP | retryable | meaning |\n|---|---|---|---|")
    parts += [
        f"| `{error.code}` | {error.http_status} | {_yes_or_no(error.retryable)} | {_line(error.__doc__ or '')} |"
        for error in sorted(CATALOGUE.values(), key=lambda error: error.code)
    ]
    parts.append("\n## Close codes\n")
    parts.append("1012 and 4000–4499: reconnect with backoff. 4500–4999: do not reconnect by yourself.\n")
    parts.append("| number | name |\n|---|---|")
    parts += [f"| {code.value} | `{code.name}` |" for code in CloseCode]
    return "\n".join(parts) + "\n"


def _event(event: EventContract) -> str:
    rooms = "any room" if Room in event.rooms else ", ".join(f"`{room.pattern}`" for room in event.rooms)
    kind = "durable" if event.durable else "ephemeral"
    if event.conflate_by is not None:
        kind += ", a newer one replaces an older one" + (
            f" of the same {', '.join(event.conflate_by)}" if event.conflate_by else ""
        )
    return f"### `{event.name}`\n\n{event.doc}\n\nIn {rooms}; {kind}.\n\n{_fields(event.payload)}"


def _command(command: CommandContract) -> str:
    kind = " Repeated with the same `requestId` it takes effect once." if command.repeatable else ""
    aliases = "".join(f"\n\n{_alias(alias)}" for alias in command.aliases)
    reply = readable(type_info(command.reply))
    return f"### `{command.name}`\n\n{command.doc}{kind}{aliases}\n\nReply: `{reply}`\n\n{_fields(command.payload)}"


def _alias(alias: Alias) -> str:
    said = f"Also as `{alias.name}({', '.join(field or '_' for field in alias.fields)})`"
    named = [f"`{said}` for `{name}`" for said, name in alias.renamed.items() if name]
    return said + (f", where an object has {', '.join(named)}." if named else ".")


def _fields(payload: type[Struct]) -> str:
    info = type_info(payload)
    assert isinstance(info, types.StructType)
    if not info.fields:
        return "No fields.\n"
    rows = [
        f"| `{field.encode_name}` | `{_cell(readable(field.type))}` | {_yes_or_no(field.required)} |"
        for field in info.fields
    ]
    return "| field | type | required |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def _doc(struct: types.StructType) -> str:
    return inspect.cleandoc(struct.cls.__doc__ or "")


def _yes_or_no(answer: bool) -> str:
    return "yes" if answer else "no"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _line(doc: str) -> str:
    return _cell(" ".join(doc.split()))
