"""The API's route table: who is answered how. An app lists its routes beside its tests, in a `routes` module."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

ROLES = ("anonymous", "reader", "author", "stranger", "staff")
"""Nobody; who reads the author's book; its author; somebody signed in without any part in it; staff."""

World = SimpleNamespace
"""The people, by role, and whatever the `furnish(world)` of the apps' route modules add."""


@dataclass(frozen=True)
class Route:
    """One method of one named route, and the HTTP status that each role gets.

    `given` is the body, `path` the arguments of the address, either as a function of the world where they are only
    known then. `format` is that of the body.
    """

    method: str
    name: str
    statuses: Mapping[str, int]
    path: Mapping[str, Any] | Callable[[World], Mapping[str, Any]] = field(default_factory=dict)
    given: Any = None
    format: str = "json"

    def __str__(self) -> str:
        return f"{self.method} {self.name}"

    def address(self, world: World) -> Mapping[str, Any]:
        return self.path(world) if callable(self.path) else self.path

    def body(self, world: World) -> Any:
        return self.given(world) if callable(self.given) else self.given


def everybody(status: int) -> Mapping[str, int]:
    """The same for all roles."""
    return dict.fromkeys(ROLES, status)


def signed_in(status: int, **others: int) -> Mapping[str, int]:
    """401 for nobody, `status` for all others but those named."""
    return {**dict.fromkeys(ROLES, status), "anonymous": 401, **others}
