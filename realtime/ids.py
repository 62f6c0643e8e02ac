"""Ids that come as text: clients that took them out of an address send `"12"` for 12."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import inspect as types

_MARK = {"id": True}

Id: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1, extra=_MARK)]
"""The id of something in a command; what fits no key is refused before it reaches a database."""

_WRITTEN = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)


def with_numbers(payload_type: type[msgspec.Struct], payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the payload with the ids in it as numbers, alone or in lists, where they are written as we write them.

    Anything else (`"٣"`, `"1_0"`, `" 7 "`, `"07"`) stays what it is, for validation to refuse.
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
