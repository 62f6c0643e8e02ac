"""A stage and its people without a server: what they ask is noted, and pauses end with the test."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

from livrya.accounts.models import User

Answer = Callable[[str, dict[str, Any]], None]


class Enough(Exception):
    """The test has seen what it wants to."""


class Actor:
    """Notes what somebody asks; `answer` may raise, and may let them hear something."""

    def __init__(self, name: str, answer: Answer | None = None) -> None:
        self.name = name
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._answer = answer

    @asynccontextmanager
    async def online(self) -> AsyncIterator[None]:
        self.asked.append(("comes", {}))
        yield
        self.asked.append(("goes", {}))

    async def ask(self, command: str, **payload: Any) -> None:
        self.asked.append((command, payload))
        if self._answer:
            self._answer(command, payload)

    def commands(self) -> list[str]:
        return [command for command, _ in self.asked]


def stage_of(actor: Actor, *, pauses: int, chance: random.Random, **world: Any) -> Any:
    """Returns a stage on which `actor` is everybody; raises Enough after so many pauses."""
    left = [pauses]

    async def pause(shortest_s: float, longest_s: float) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Enough
        await asyncio.sleep(0)

    said: list[str] = []
    return SimpleNamespace(
        author=User(username=actor.name),
        book=SimpleNamespace(pk=1),
        to_discuss=[11, 12, 13, 14],
        to_read=[],
        member=lambda user, namespace="": actor,
        pause=pause,
        chance=chance,
        line=lambda about="lines": "Well said.",
        said=said,
        say=said.append,
        **world,
    )


class Chance(random.Random):
    """Draws `rolls` in turn, then 1.0; chooses the first."""

    def __init__(self, *rolls: float) -> None:
        super().__init__(0)
        self._rolls = list(rolls)

    def random(self) -> float:
        return self._rolls.pop(0) if self._rolls else 1.0

    def choice(self, of: Any) -> Any:
        return of[0]

    def randint(self, least: int, most: int) -> int:
        return least
