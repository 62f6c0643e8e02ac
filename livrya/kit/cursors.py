"""Pages by cursor: a page begins after the last row that was seen, however much was written meanwhile."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models import Q, QuerySet

from realtime.errors import ValidationFailed

M = TypeVar("M", bound=models.Model)
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows, and the cursor of those that follow (None: these are the last)."""

    rows: list[M]
    next: str | None


def page(queryset: QuerySet[M], order: Sequence[str], *, cursor: str | None, limit: int) -> Page[M]:
    """Returns up to `limit` rows after `cursor` (None: from the start), in one query.

    `order` names columns of the row itself, "-" for descending; they must be NOT NULL, the last one unique,
    and an index should lead with them. Whole numbers, texts and times are understood.
    Raises ValidationFailed for a cursor that this order did not make.
    """
    rows = queryset.order_by(*order)
    if cursor:
        rows = rows.filter(_after(order, _decode(cursor, queryset.model, order)))
    found = list(rows[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    return Page(found, _encode(found[-1], order) if more else None)


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Returns the condition "comes after these values": equal in the first columns, beyond in the next."""
    alternatives = []
    for index, name in enumerate(order):
        column, comparison = (name[1:], "lt") if name.startswith("-") else (name, "gt")
        equal = {earlier.lstrip("-"): value for earlier, value in zip(order, values[:index], strict=False)}
        alternatives.append(Q(**equal, **{f"{column}__{comparison}": values[index]}))
    # Said twice for the planner: a disjunction alone would not let it start in the middle of the index.
    first, bound = (order[0][1:], "lte") if order[0].startswith("-") else (order[0], "gte")
    return Q(**{f"{first}__{bound}": values[0]}) & reduce(or_, alternatives)


def _encode(row: models.Model, order: Sequence[str]) -> str:
    values = []
    for name in order:
        value = getattr(row, name.lstrip("-"))
        # Microseconds: a coarser time would skip or repeat rows of the same millisecond.
        values.append(f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}" if isinstance(value, datetime) else value)
    packed = json.dumps(values, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _decode(cursor: str, model: type[models.Model], order: Sequence[str]) -> list[Any]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(values, list) or len(values) != len(order):
            raise ValueError
        fields = [model._meta.get_field(name.lstrip("-")) for name in order]
        return [_value(field, value) for field, value in zip(fields, values, strict=True)]
    except (ValueError, binascii.Error, RecursionError) as error:
        raise ValidationFailed(
            "The cursor is not one of this list.", details={"fields": {"cursor": "Unknown."}}
        ) from error


def _value(field: Any, value: Any) -> Any:
    if isinstance(field, models.DateTimeField) and isinstance(value, str):
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%f").replace(tzinfo=UTC)
    if isinstance(field, models.CharField | models.TextField) and isinstance(value, str) and "\0" not in value:
        value.encode()  # a lone surrogate is no text
        return value
    number = isinstance(value, int) and not isinstance(value, bool) and -_LARGEST <= value <= _LARGEST
    if not isinstance(field, models.CharField | models.TextField | models.DateTimeField) and number:
        return value
    raise ValueError(value)
