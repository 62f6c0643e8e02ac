"""Writes the contracts as an AsyncAPI 3 document."""

from typing import Any

import msgspec

from realtime.contracts import Payload
from realtime.exporting.catalogue import Catalogue
from realtime.rooms import Room

_REF = "#/components/schemas/{name}"
_DESCRIPTION = (
    "What clients say (a channel for each namespace) and get (a channel for each kind of room). Over the WebSocket at "
    "/ws/<namespace>/ each payload is in an envelope, over Socket.IO at /socket.io/ it is the first argument, over "
    "/events/?rooms=… events are read only. Envelopes, signing in and going on after a break: docs/protocol.md."
)


def asyncapi(catalogue: Catalogue) -> dict[str, Any]:
    """Returns the document: a channel per namespace for commands, one per kind of room for events."""
    types: list[Any] = [event.payload for event in catalogue.events]
    for command in catalogue.commands:
        types += [command.payload, command.reply]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    schema_of = dict(zip(map(id, types), schemas, strict=True))

    messages: dict[str, Any] = {}
    for command in catalogue.commands:
        messages[command.name] = {
            "name": command.name,
            "summary": command.doc,
            "payload": schema_of[id(command.payload)],
        }
        messages[f"{command.name}.reply"] = {"name": f"{command.name}.reply", "payload": schema_of[id(command.reply)]}
    key_of: dict[type[Payload], str] = {}
    for event in catalogue.events:
        # A name that is a command's too, or has another payload in rooms of another type, is another message.
        key = key_of[event.payload] = f"{event.name}.{event.payload.__name__}" if event.name in messages else event.name
        messages[key] = {"name": event.name, "summary": event.doc, "payload": schema_of[id(event.payload)]}

    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for namespace in catalogue.namespaces:
        names = sorted(name for name in namespace.handlers if name in messages)
        key = "namespace" + namespace.name.replace("/", ".").rstrip(".")
        sent = [*names, *(f"{name}.reply" for name in names)]
        channels[key] = {"address": namespace.name, "messages": {name: _message(name) for name in sent}}
        for name in names:
            operations[f"{key}.{name}"] = {
                "action": "receive",
                "channel": {"$ref": f"#/channels/{key}"},
                "messages": [{"$ref": f"#/channels/{key}/messages/{name}"}],
                "reply": {
                    "channel": {"$ref": f"#/channels/{key}"},
                    "messages": [{"$ref": f"#/channels/{key}/messages/{name}.reply"}],
                },
            }
    for room in catalogue.rooms:
        published = [key_of[event.payload] for event in catalogue.events if room in event.rooms or Room in event.rooms]
        if not published:
            continue
        key = f"room.{room.__name__}"
        channels[key] = {"address": room.pattern, "messages": {name: _message(name) for name in published}}
        operations[key] = {
            "action": "send",
            "channel": {"$ref": f"#/channels/{key}"},
            "messages": [{"$ref": f"#/channels/{key}/messages/{name}"} for name in published],
        }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Livrya live events", "version": "1", "description": _DESCRIPTION},
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": components},
    }


def _message(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/messages/{name}"}
