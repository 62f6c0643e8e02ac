"""A long list in parts, for what takes only so much at once (`itertools.batched` comes with Python 3.12)."""

from collections.abc import Iterator
from typing import TypeVar

T = TypeVar("T")


def in_batches(items: list[T], size: int) -> Iterator[list[T]]:
    """Yields the items in their order, `size` of them at a time; the last part may be shorter."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
