"""One process's way to Redis for what is shared between processes but need not last: presence, typing, limits."""

import logging
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from realtime.clock import Clock
from realtime.errors import Unavailable
from realtime.hub.batcher import Batcher

logger = logging.getLogger(__name__)

_LUA = Path(__file__).parent / "lua"

Command = tuple[Any, ...]
"""A Redis command and its arguments, or a `Script.call`."""


class Script:
    """A Lua script that runs atomically in Redis; all its keys carry one hash tag."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.sha = ""

    @classmethod
    def read(cls, *names: str) -> "Script":
        """Returns the script that these files of `lua/` make, one behind the other."""
        return cls("\n".join((_LUA / f"{name}.lua").read_text() for name in names))

    def call(self, keys: Sequence[str], arguments: Sequence[object]) -> Command:
        """Returns the command that runs it."""
        return (self, len(keys), *keys, *arguments)


class RedisLink:
    """Runs batches of commands, one round trip after the other, on a connection of its own.

    Belongs to one event loop. Never waits longer than `timeout` seconds for Redis. After a failure every call is
    refused at once for `PAUSE_MS`, so that a Redis that hangs costs its users one wait in that time, not one each.
    """

    PAUSE_MS = 1000

    def __init__(self, url: str, clock: Clock, *, timeout: float = 1.0) -> None:
        self._redis = Redis.from_url(
            url,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            # A silent second try would hide that Redis was restarted, and double the wait.
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )
        self._clock = clock
        self._failed_at_ms: int | None = None
        self._closed = False
        self._loaded: set[Script] = set()
        self._trips: Batcher[Sequence[Command], list[Any]] = Batcher(self._run_all)

    async def run(self, commands: Sequence[Command]) -> list[Any]:
        """Carries out the commands in order and returns their replies.

        What is asked while a round trip is under way is the next one: a crowd needs one connection, and few of them.
        Raises Unavailable when Redis does not answer, or refuses one of the commands.
        """
        return await self._trips.ask(commands)

    async def _run_all(self, asked: list[Sequence[Command]]) -> Sequence[list[Any] | Exception]:
        if self._closed or (
            self._failed_at_ms is not None and self._clock.now_ms() - self._failed_at_ms < self.PAUSE_MS
        ):
            raise Unavailable
        try:
            replies = await self._carry_out([command for commands in asked for command in commands])
        except (RedisError, OSError) as error:
            self._failed(error)
            raise Unavailable from error
        answers: list[list[Any] | Exception] = []
        refused: RedisError | None = None
        rest = iter(replies)
        for commands in asked:
            own = list(islice(rest, len(commands)))
            errors = [reply for reply in own if isinstance(reply, RedisError)]
            answers.append(Unavailable() if errors else own)
            refused = errors[0] if errors else refused
        if refused is not None:
            self._failed(refused)
        elif self._failed_at_ms is not None:
            logger.info("Redis answers again.")
            self._failed_at_ms = None
        return answers

    async def _carry_out(self, commands: Sequence[Command]) -> list[Any]:
        # Not only when Redis says so: the commands behind an unknown script would be carried out before it.
        await self._load({command[0] for command in commands if isinstance(command[0], Script)} - self._loaded)
        replies = await self._send(commands)
        unknown = [index for index, reply in enumerate(replies) if isinstance(reply, NoScriptError)]
        if unknown:
            await self._load({commands[index][0] for index in unknown})
            again = await self._send([commands[index] for index in unknown])
            for index, reply in zip(unknown, again, strict=True):
                replies[index] = reply
        return replies

    def _failed(self, error: Exception) -> None:
        if self._failed_at_ms is None:
            logger.warning("Redis does not answer; continuing on local knowledge: %s", error)
        self._failed_at_ms = self._clock.now_ms()

    async def close(self) -> None:
        """Ends the connections; what is asked afterwards is refused."""
        self._closed = True
        await self._redis.aclose()

    async def _send(self, commands: Sequence[Command]) -> list[Any]:
        pipeline = self._redis.pipeline(transaction=False)
        for name, *arguments in commands:
            if isinstance(name, Script):
                pipeline.execute_command("EVALSHA", name.sha or "0" * 40, *arguments)
            else:
                pipeline.execute_command(name, *arguments)
        return await pipeline.execute(raise_on_error=False)

    async def _load(self, scripts: set[Script]) -> None:
        for script in scripts:
            script.sha = await self._redis.script_load(script.source)
            self._loaded.add(script)
