"""Completes the OpenAPI document: every operation may answer with the one error shape."""

from typing import Any

from realtime.errors import CATALOGUE

_METHODS = frozenset({"get", "put", "post", "patch", "delete"})


def document_errors(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular's postprocessing hook: adds the component `Error` and refers to it everywhere."""
    result.setdefault("components", {}).setdefault("schemas", {})["Error"] = {
        "type": "object",
        "description": "Why the request was refused; programs go by `code`, people read `message`.",
        "required": ["code", "message", "retryable"],
        "properties": {
            "code": {"type": "string", "enum": sorted(CATALOGUE)},
            "message": {"type": "string"},
            "retryable": {"type": "boolean", "description": "the same request may succeed later, unchanged"},
            "retryAfter": {"type": "integer", "description": "milliseconds to wait"},
            "details": {
                "type": "object",
                "additionalProperties": True,
                "properties": {
                    "fields": {
                        "type": "object",
                        "description": "a sentence for each field that is not right; the empty name is the whole input",
                        "additionalProperties": {"type": "string"},
                    }
                },
            },
        },
    }
    answer = {
        "description": "Refused.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    for operations in result.get("paths", {}).values():
        for method, operation in operations.items():
            if method in _METHODS:
                operation["responses"].setdefault("default", answer)
    return result
