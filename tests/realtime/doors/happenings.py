"""What a program that is driven from here tells of itself, in order."""

import asyncio
from collections.abc import Callable
from typing import Any

Happening = dict[str, Any]


class Happenings:
    """Base of what drives such a program; `happenings` is everything that came."""

    patience_seconds = 20.0

    def __init__(self) -> None:
        self.happenings: list[Happening] = []
        self._arrived = asyncio.Event()

    def _happened(self, happening: Happening) -> None:
        self.happenings.append(happening)
        self._arrived.set()

    async def wait(self, wanted: Callable[[Happening], bool], *, after: int = 0) -> Happening:
        """Returns the first happening from number `after` on that is wanted."""
        try:
            async with asyncio.timeout(self.patience_seconds):
                while True:
                    for happening in self.happenings[after:]:
                        if wanted(happening):
                            return happening
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            raise AssertionError(f"It did not come; these did: {self.happenings[after:]}") from None
