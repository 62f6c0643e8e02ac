"""Serializers as the wire wants them: camelCase keys, times in Unix milliseconds, ids that fit a key."""

import re
import time
from datetime import UTC, datetime
from typing import Any

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from livrya.kit.texts import clean_line, clean_text

LARGEST_ID = 2**63 - 1


def camel(name: str) -> str:
    """Returns the wire name of a field: `display_name` becomes `displayName`."""
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)


@extend_schema_field({"type": "integer", "format": "int64", "description": "Unix milliseconds"})
class TimeField(serializers.Field[datetime, Any, int, Any]):
    """A moment; Unix milliseconds on the wire."""

    default_error_messages = {"invalid": "Give a time in Unix milliseconds, a whole number."}
    _LATEST = 253_402_300_799_999  # the end of the year 9999

    def to_representation(self, value: datetime) -> int:
        return unix_ms(value)

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, int) or isinstance(data, bool) or not 0 <= data <= self._LATEST:
            self.fail("invalid")
        return datetime.fromtimestamp(data / 1000, UTC)


class IdField(serializers.IntegerField):
    """The id of something; what fits no key is refused before it reaches the database."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"min_value": 1, "max_value": LARGEST_ID} | kwargs))


class _WordsField(serializers.CharField):
    def _unless_empty(self, cleaned: str) -> str:
        if not cleaned and not self.allow_blank:
            self.fail("blank")
        return cleaned


class LineField(_WordsField):
    """One line of a person's words (a name, a title), cleaned by `livrya.kit.texts.clean_line`."""

    def to_internal_value(self, data: Any) -> str:
        return self._unless_empty(clean_line(super().to_internal_value(data)))


class TextField(_WordsField):
    """Some lines of a person's words (a comment, a biography), cleaned by `livrya.kit.texts.clean_text`."""

    def to_internal_value(self, data: Any) -> str:
        return self._unless_empty(clean_text(super().to_internal_value(data)))


class WireFields:
    """Mixin: fields are declared in snake_case and appear in camelCase; errors name the latter."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        renamed = {}
        for name, field in super().get_fields().items():  # type: ignore[misc]  # a mixin of serializers
            wire = camel(name)
            if wire != name:
                if isinstance(field, serializers.SerializerMethodField):
                    field.method_name = field.method_name or f"get_{name}"
                elif field.source is None:
                    field.source = name
            renamed[wire] = field
        return renamed


class Serializer(WireFields, serializers.Serializer[Any]):
    """Base of the serializers without a model."""


class ModelSerializer(WireFields, serializers.ModelSerializer[Any]):
    """Base of the serializers that show a model. Writing goes through services: never call `save()`."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {models.DateTimeField: TimeField}
    serializer_related_field = serializers.PrimaryKeyRelatedField


def unix_ms(moment: datetime) -> int:
    """Returns the moment in Unix milliseconds."""
    return round(moment.timestamp() * 1000)


def unix_now_ms() -> int:
    """Returns this moment in Unix milliseconds."""
    return time.time_ns() // 1_000_000
