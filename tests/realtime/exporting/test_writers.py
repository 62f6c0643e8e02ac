"""The writers, on contracts of their own: what the project declares must not change these expectations."""

import json
from typing import Literal

import msgspec
import pytest

from realtime.contracts import CommandContract, EventContract, Payload
from realtime.exporting.asyncapi import asyncapi
from realtime.exporting.catalogue import Catalogue
from realtime.exporting.markdown import reference
from realtime.exporting.typescript import typescript


class Author(msgspec.Struct, rename="camel"):
    """Who wrote it."""

    display_name: str


class Posted(Payload):
    """A remark was posted."""

    remark_id: int
    author: Author
    kind: Literal["plain", "spoiler"]
    parent_id: int | None = None


class Post(Payload):
    """Posts a remark."""

    text: str


@pytest.fixture
def declared() -> Catalogue:
    event = EventContract("remark:new", Posted, (), True, None, False, "A remark was posted.")
    command = CommandContract("remark:post", Post, Posted, True, 1, (), "Posts a remark.")
    return Catalogue([event], [command], [], [], [])


def test_typescript_has_a_type_per_payload_and_maps_by_wire_name(declared):
    text = typescript(declared)
    assert 'kind: "plain" | "spoiler";' in text
    assert "parentId?: number | null;" in text
    assert "author: Author;" in text
    assert '"remark:new": Posted;' in text
    assert '"remark:post": { payload: Post; reply: Posted };' in text


def test_the_reference_names_every_field_and_guarantee(declared):
    page = reference(declared)
    assert "### `remark:new`" in page
    assert "durable" in page
    assert "takes effect once" in page
    assert "| `remarkId` | `number` | yes |" in page


def test_every_reference_in_the_asyncapi_document_resolves(declared):
    document = asyncapi(declared)
    text = json.dumps(document)
    for target in {part.split('"')[0] for part in text.split('"$ref": "#/')[1:]}:
        node = document
        for key in target.split("/"):
            node = node[key]


def test_two_types_of_one_name_are_refused(declared):
    namesake = type("Posted", (Payload,), {"__doc__": "Another.", "__annotations__": {"other": int}})
    declared.events.append(EventContract("other:new", namesake, (), True, None, False, "Another."))
    with pytest.raises(TypeError, match="Posted"):
        typescript(declared)
