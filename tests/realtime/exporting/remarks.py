"""Contracts of the writers' own tests: what the project declares must not change their expectations."""

from typing import Literal

import msgspec
import pytest

from realtime.contracts import CommandContract, EventContract, Payload
from realtime.exporting.catalogue import Catalogue


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
