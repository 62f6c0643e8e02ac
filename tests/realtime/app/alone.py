"""Where the halls are installed there is no other app: an import of one fails, in tests and in their servers."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

OTHERS = frozenset({"livrya", "books", "social", "notifications"})


class Refusal(MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] in OTHERS:
            raise ModuleNotFoundError(f"{name} is no part of the engine", name=name)
        return None


def keep_others_out() -> None:
    """Raises ImportError when one is there already."""
    if found := sorted(OTHERS & sys.modules.keys()):
        raise ImportError(f"The engine is not alone: {', '.join(found)} has been imported.")
    sys.meta_path.insert(0, Refusal())
