"""Answers in the shapes that sockets speak: a contract's payload is the schema of the HTTP answer too."""

from collections.abc import Mapping
from typing import Any

import msgspec
from rest_framework import status
from rest_framework.response import Response


def shape(payload: type[msgspec.Struct]) -> dict[str, Any]:
    """Returns the payload as an OpenAPI 3.0 schema, nothing in it referring to anything else."""
    schema = msgspec.json.schema(payload)
    inlined: dict[str, Any] = _inline(schema, schema["$defs"])
    return inlined


def page_of(payload: type[msgspec.Struct], **beside: dict[str, Any]) -> dict[str, Any]:
    """Returns the schema of a page of such payloads, as `livrya.kit.api.pages` makes them, with what else it has."""
    return {
        "type": "object",
        "required": ["results", "next", *beside],
        "properties": {
            "results": {"type": "array", "items": shape(payload)},
            "next": {"type": "string", "nullable": True, "description": "the cursor of the next page"},
            **beside,
        },
    }


def answer(payload: msgspec.Struct, code: int = status.HTTP_200_OK) -> Response:
    """Returns the payload as an HTTP answer."""
    return Response(msgspec.to_builtins(payload), status=code)


def _inline(schema: Any, shapes: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_inline(entry, shapes) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inline(shapes[schema["$ref"].rpartition("/")[2]], shapes)
    if "anyOf" in schema:
        # OpenAPI 3.0 has no null: what may be one says so beside its type.
        others = [entry for entry in schema["anyOf"] if entry != {"type": "null"}]
        if len(others) == 1:
            return {**_inline(others[0], shapes), "nullable": True}
    return {key: _inline(value, shapes) for key, value in schema.items() if key not in ("title", "$defs")}
