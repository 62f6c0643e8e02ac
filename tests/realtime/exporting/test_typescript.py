"""The contracts as TypeScript types."""

import uuid
from typing import Any, Literal

import pytest

from realtime.errors import CloseCode
from realtime.exporting.catalogue import Catalogue, type_info
from realtime.exporting.typescript import type_text, typescript
from tests.realtime.exporting.remarks import declared

__all__ = ["declared"]

pytestmark = pytest.mark.either_database


def test_typescript_has_a_type_per_payload_and_maps_by_wire_name(declared: Catalogue) -> None:
    text = typescript(declared)
    assert 'kind: "plain" | "spoiler";' in text
    assert "parentId?: number | null;" in text
    assert "author: Author;" in text
    assert '"remark:new": Posted;' in text
    assert '"remark:post": { payload: Post; reply: Posted };' in text


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (int | None, "number | null"),
        (list[str], "Array<string>"),
        (dict[str, bool], "Record<string, boolean>"),
        (tuple[int, str], "[number, string]"),
        (Any, "unknown"),
        (None, "null"),
        (Literal["a", "b"], '"a" | "b"'),
    ],
)
def test_a_type_is_written_as_its_twin(annotation: Any, text: str) -> None:
    assert type_text(type_info(annotation)) == text


def test_a_type_without_a_twin_is_refused() -> None:
    with pytest.raises(TypeError, match="without a TypeScript twin"):
        type_text(type_info(uuid.UUID))


def test_what_is_kept_and_what_writes_is_listed_and_every_close_code_named(declared: Catalogue) -> None:
    text = typescript(declared)
    assert 'DURABLE_EVENTS: ReadonlySet<keyof EventMap> = new Set([\n  "remark:new",\n] as const)' in text
    assert 'DURABLE_COMMANDS: ReadonlySet<keyof CommandMap> = new Set([\n  "remark:post",\n] as const)' in text
    assert all(f"  {code.name}: {code.value},\n" in text for code in CloseCode)
