"""Paragraphs by id, and bitmasks: on the wire lists of names in small letters."""

from enum import IntFlag
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from books import paragraphs
from books.models import ContentWarning, Right


class ParagraphField(serializers.RegexField):
    """The id of a paragraph."""

    default_error_messages = {"invalid": "There is no such paragraph."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(rf"^{paragraphs.ID.pattern}\Z", **kwargs)


class FlagsField(serializers.Field[int, Any, list[str], Any]):
    """A bitmask; a list of names in small letters on the wire."""

    default_error_messages = {"invalid": "Give a list of known names."}

    def __init__(self, flags: type[IntFlag], **kwargs: Any) -> None:
        self.names = {str(flag.name).lower(): int(flag) for flag in flags}
        super().__init__(**kwargs)

    def to_representation(self, value: int) -> list[str]:
        return [name for name, bit in self.names.items() if bit & value]

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, list) or not all(isinstance(name, str) and name in self.names for name in data):
            self.fail("invalid")
        return sum({self.names[name] for name in data})


@extend_schema_field(
    {"type": "array", "items": {"type": "string", "enum": [str(w.name).lower() for w in ContentWarning]}}
)
class WarningsField(FlagsField):
    """Content warnings by name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(ContentWarning, **kwargs)


@extend_schema_field(
    {"type": "array", "items": {"type": "string", "enum": [str(right.name).lower() for right in Right]}}
)
class RightsField(FlagsField):
    """Rights in a book by name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Right, **kwargs)
