"""Counts what a process asks of its database, and who asks: transactions, statements, and calls of its threads.

Counts are the same on every machine, so tests hold by them what the profile shows.
"""

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from realtime.hub.threads import DatabaseThreads

OURS = ("realtime.", "livrya.", "books.", "social.", "notifications.", "benchmarks.namespace.")
_BACKENDS = "realtime.sqlite."
"""Asks nothing of its own."""


@dataclass
class Asked:
    """What was asked, each by the innermost function of ours that asked it; a call by the function that was called."""

    statements: Counter[str] = field(default_factory=Counter)
    transactions: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    texts: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, dict[str, int]]:
        return {"statements": self.statements, "transactions": self.transactions, "calls": self.calls}


@contextmanager
def counted() -> Iterator[Asked]:
    """Counts what every thread of this process asks within the block."""
    asked = Asked()
    lock = threading.Lock()
    execute, commit, rollback = CursorWrapper.execute, BaseDatabaseWrapper._commit, BaseDatabaseWrapper._rollback
    call = DatabaseThreads._call

    def executing(self: CursorWrapper, sql: Any, params: Any = None) -> Any:
        with lock:
            asker = _asker()
            asked.statements[asker] += 1
            asked.texts.append(str(sql))
            if not self.db.in_atomic_block:
                asked.transactions[asker] += 1
        return execute(self, sql, params)

    def ending(end: Any) -> Any:
        def ended(self: BaseDatabaseWrapper) -> Any:
            if self.connection is not None:
                with lock:
                    asked.transactions[_asker()] += 1
            return end(self)

        return ended

    def calling(self: DatabaseThreads, function: Any) -> Any:
        with lock:
            asked.calls[_name(function)] += 1
        return call(self, function)

    with (
        patch.object(CursorWrapper, "execute", executing),
        patch.object(BaseDatabaseWrapper, "_commit", ending(commit)),
        patch.object(BaseDatabaseWrapper, "_rollback", ending(rollback)),
        patch.object(DatabaseThreads, "_call", calling),
    ):
        yield asked


def _asker() -> str:
    frame = sys._getframe(2)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith(OURS) and not module.startswith(_BACKENDS):
            return f"{module}.{frame.f_code.co_qualname}"
        frame = frame.f_back  # type: ignore[assignment]  # None behind the outermost, which ends this
    return "none of ours"


def _name(function: Any) -> str:
    while hasattr(function, "func"):  # a partial, or one of one
        function = function.func
    return f"{function.__module__}.{function.__qualname__}"
