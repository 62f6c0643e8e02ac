"""Payloads of sockets as answers over HTTP, and as their schema."""

from typing import Any

import pytest

from livrya.kit.api.shapes import answer, page_of, shape
from realtime.contracts import Payload

pytestmark = pytest.mark.either_database


class Inner(Payload):
    given_name: str


class Outer(Payload):
    """Said of it."""

    one: Inner
    many: list[Inner]
    perhaps: Inner | None = None
    number: int | None = None


def references(schema: Any) -> bool:
    if isinstance(schema, dict):
        return "$ref" in schema or any(references(part) for part in schema.values())
    return isinstance(schema, list) and any(references(part) for part in schema)


def test_a_schema_stands_by_itself_in_the_names_of_the_wire() -> None:
    found = shape(Outer)
    assert not references(found)
    inner = found["properties"]["one"]
    assert inner["properties"] == {"givenName": {"type": "string"}}
    assert found["properties"]["many"]["items"] == inner
    assert "title" not in found


def test_what_may_be_nothing_says_so_as_openapi_does() -> None:
    found = shape(Outer)["properties"]
    assert (found["perhaps"]["nullable"], found["perhaps"]["type"]) == (True, "object")
    assert (found["number"]["nullable"], found["number"]["type"]) == (True, "integer")
    assert "nullable" not in found["one"]


def test_a_page_has_its_rows_the_next_cursor_and_what_stands_beside() -> None:
    page = page_of(Inner, total={"type": "integer"})
    assert page["required"] == ["results", "next", "total"]
    assert page["properties"]["results"] == {"type": "array", "items": shape(Inner)}
    assert page["properties"]["total"] == {"type": "integer"}


def test_an_answer_is_the_payload_as_sockets_send_it() -> None:
    given = answer(Outer(one=Inner("Ada"), many=[]), 201)
    assert (given.status_code, given.data["one"]) == (201, {"givenName": "Ada"})
