"""The first few rows of each of many."""

from collections.abc import Iterable, Sequence
from typing import TypeVar, cast

from django.db.models import F, Model, QuerySet, Window
from django.db.models.functions import RowNumber

M = TypeVar("M", bound=Model)
T = TypeVar("T")


def first_of_each(found: QuerySet[M], of: str, *, order: Sequence[str], most: int) -> QuerySet[M]:
    """Returns the first `most` rows for each value of the field `of`, in `order`: as slices of one query for each."""
    place = Window(RowNumber(), partition_by=F(of), order_by=list(order))
    firsts = found.annotate(_place=place).filter(_place__lte=most).order_by(*order)
    return cast("QuerySet[M]", firsts)  # the stubs forget whose rows they are


def grouped(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    """Returns what each key has, in the order of the pairs; who has nothing is left out."""
    found: dict[int, list[T]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found
