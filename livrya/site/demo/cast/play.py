"""The play: everybody on stage at once, until the time is over."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from urllib.parse import urlsplit

from livrya.accounts.models import User
from livrya.site.demo.cast.member import Lost, Refused
from livrya.site.demo.cast.roles import chat, read, write
from livrya.site.demo.cast.stage import Stage
from realtime.errors import ValidationFailed

COME_BACK_S = 2.0


def socket_address(url: str) -> str:
    """Returns the address of the socket door of the server at `url`. Raises ValidationFailed."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValidationFailed(f"{url} is no address of a server; write http://localhost:8000.")
    return f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}/ws/"


async def play(stage: Stage, seconds: float) -> None:
    """Lets the cast live for so long. Raises Lost when the server cannot be reached to begin with."""
    async with stage.member(stage.author).online():
        stage.say(f"{len(stage.readers)} readers and {stage.author} take the stage")
    try:
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as cast:
            cast.create_task(_stay(stage, stage.author, partial(write, stage)))
            for reader in stage.readers:
                cast.create_task(_stay(stage, reader, partial(read, stage, reader)))
            for group_id, talkers in stage.circles.items():
                for talker in talkers:
                    cast.create_task(_stay(stage, talker, partial(chat, stage, talker, group_id)))
    except TimeoutError:
        stage.say("The play is over")


async def _stay(stage: Stage, user: User, act: Callable[[], Awaitable[None]]) -> None:
    """Goes on with `act` after the server went away meanwhile, or refused something."""
    while True:
        try:
            await act()
        except Lost as loss:
            stage.say(f"{user} lost the connection and comes back ({loss})")
            await asyncio.sleep(COME_BACK_S)
        except Refused as refusal:
            stage.say(f"{user} is refused: {refusal}")
            await asyncio.sleep(refusal.retry_after_s)
