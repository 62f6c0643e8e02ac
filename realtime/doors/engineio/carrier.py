"""Polling without sticky sessions: a request that reaches another process is carried to its session's owner.

Every process listens on a channel of its own, whose last part begins the ids of its sessions. Whatever is
lost on the way ends as a refusal, and the client begins anew: nothing is tried twice, so nothing happens twice.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import msgspec
from redis.exceptions import RedisError

from realtime.doors.engineio.binding import Shown
from realtime.doors.engineio.server import EngineServer, LinkTo, Moved
from realtime.doors.engineio.session import EngineSession
from realtime.doors.errors import Refusal, RequestRefused
from realtime.errors import ApplicationError
from realtime.log.layers import answers, said
from realtime.transport.asgi import Scope

logger = logging.getLogger(__name__)

Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]

_PREFIX = "engineio."
_MESSAGE_TYPE = "engineio.carried"
_PART_BYTES = 128 * 1024
_MAX_PARTS = 64
_MAX_UNFINISHED = 256
_RETRY_SECONDS = 1.0
# An owner that is alive says at once that it has received the question.
_HEARD_SECONDS = 3.0
_WORK_SECONDS = 10.0


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """A request on its way to the owner; `reply_to` is the asking process."""

    id: str
    reply_to: str
    action: str
    sid: str
    body: bytes = b""
    shown: Shown | None = None


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """Nobody waits for the answer any more."""

    id: str


class Received(msgspec.Struct, frozen=True, tag="heard"):
    """The owner lives and works on it."""

    id: str


class Answered(msgspec.Struct, frozen=True, tag="answered"):
    """What came of it: a body, or the name of a refusal and why, for the log."""

    id: str
    body: bytes = b""
    refusal: str | None = None
    why: str = ""


Message = Ask | Cancel | Received | Answered
_encode = msgspec.msgpack.Encoder().encode
_decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


class Parts:
    """Takes messages apart into what a layer carries well, and joins them again."""

    def __init__(self) -> None:
        self._unfinished: dict[str, list[bytes]] = {}

    @staticmethod
    def split(message: Message) -> Iterator[dict[str, Any]]:
        data = _encode(message)
        name, count = secrets.token_hex(8), max(1, -(-len(data) // _PART_BYTES))
        for index in range(count):
            part = data[index * _PART_BYTES : (index + 1) * _PART_BYTES]
            yield {"type": _MESSAGE_TYPE, "name": name, "index": index, "count": count, "data": part}

    def join(self, part: dict[str, Any]) -> Message | None:
        """Returns the message that `part` completes. One that has lost a part is never completed."""
        name, index, count = part["name"], part["index"], part["count"]
        if count == 1:
            return _decoder.decode(part["data"])
        if count > _MAX_PARTS:
            return None
        parts = self._unfinished.setdefault(name, [])
        if len(parts) != index:
            self._unfinished.pop(name, None)
            return None
        parts.append(part["data"])
        if len(parts) == count:
            return _decoder.decode(b"".join(self._unfinished.pop(name)))
        while len(self._unfinished) > _MAX_UNFINISHED:
            del self._unfinished[next(iter(self._unfinished))]
        return None


class _Waiting:
    """One request of ours that is with another process."""

    __slots__ = ("answered", "received")

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.received: asyncio.Future[None] = loop.create_future()
        self.answered: asyncio.Future[Answered] = loop.create_future()


class Carrier:
    """This process's end of the layer. Belongs to the loop of its server."""

    def __init__(self, layer: Any, server: EngineServer, spawn: Spawn) -> None:
        self._layer = layer
        self.server = server
        self._spawn = spawn
        self._stem = ""
        self._token = ""
        self._tried = asyncio.Event()
        self._parts = Parts()
        self._waiting: dict[str, _Waiting] = {}
        self._working: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Listens until cancelled; until it does, sessions opened here are known here alone."""
        while not self._token:
            try:
                await answers(self._layer)
                channel: str = await self._layer.new_channel(_PREFIX)
            except Exception as error:
                logger.warning(
                    "The channel layer does not answer (%s); polling needs one process meanwhile.", said(error)
                )
                self._tried.set()
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                self._token = channel.rpartition(".")[2]
                self._stem = channel.removesuffix(self._token)
                self.server.answer_to(self._token)
                self._tried.set()
        while True:
            try:
                part = await self._layer.receive(self._stem + self._token)
                message = self._parts.join(part)
                if message is not None:
                    self._take(message)
            except Exception:
                logger.exception("A carried request could not be taken; its client begins anew.")
                await asyncio.sleep(0)

    async def tried(self) -> None:
        """Waits until it is known whether the layer answers, so that no session begins without need under a
        name that nobody else can reach."""
        await self._tried.wait()

    def owner(self, process: str) -> "Elsewhere | None":
        """Returns the other process of that name; whether it lives shows when it is asked."""
        return Elsewhere(self, process) if self._token else None

    async def send(self, process: str, message: Message) -> None:
        for part in Parts.split(message):
            await self._layer.send(self._stem + process, part)

    # Asking

    async def ask(
        self, process: str, action: str, sid: str, body: bytes = b"", *, shown: Shown | None = None, seconds: float
    ) -> bytes:
        """Has the owner do something and returns what came of it. Raises RequestRefused, also for silence."""
        ask = Ask(secrets.token_hex(8), self._token, action, sid, body, shown)
        waiting = self._waiting[ask.id] = _Waiting()
        answered: Answered | None = None
        try:
            async with asyncio.timeout(_HEARD_SECONDS):
                await self.send(process, ask)
                await waiting.received
            async with asyncio.timeout(seconds):
                answered = await waiting.answered
        except TimeoutError as error:
            if not waiting.received.cancelled():
                raise _lost(ask, process, f"has not answered within {seconds:g} s", logging.INFO) from error
            # Anybody can name a process that is none, as often as they like.
            raise _lost(ask, process, "does not seem to live", logging.DEBUG) from error
        except (OSError, RedisError) as error:
            raise _lost(ask, process, f"cannot be asked ({said(error)})", logging.DEBUG) from error
        finally:
            del self._waiting[ask.id]
            if answered is None:
                self._spawn(self._give_up(process, ask.id))
        if answered.refusal is not None:
            raise RequestRefused(Refusal[answered.refusal], answered.why)
        return answered.body

    async def _give_up(self, process: str, ask_id: str) -> None:
        try:
            await self.send(process, Cancel(ask_id))
        except Exception as error:
            logger.debug("An owner could not be asked to stop: %s", said(error))

    # Answering

    def _take(self, message: Message) -> None:
        match message:
            case Ask():
                task = self._spawn(self._work(message))
                self._working[message.id] = task
                task.add_done_callback(lambda _: self._working.pop(message.id, None))
            case Cancel(id=ask_id):
                if task_working := self._working.get(ask_id):
                    logger.debug("The process that asked no longer waits for %s.", ask_id)
                    task_working.cancel()
            case Received(id=ask_id):
                if (waiting := self._waiting.get(ask_id)) and not waiting.received.done():
                    waiting.received.set_result(None)
            case Answered(id=ask_id):
                if (waiting := self._waiting.get(ask_id)) and not waiting.answered.done():
                    if not waiting.received.done():
                        waiting.received.set_result(None)
                    waiting.answered.set_result(message)

    async def _work(self, ask: Ask) -> None:
        try:
            await self.send(ask.reply_to, Received(ask.id))
        except (OSError, RedisError) as error:
            logger.debug("The process that asks cannot be answered (%s): it gives up by itself.", said(error))
            return
        try:
            answer = Answered(ask.id, await self._carry_out(ask))
        except RequestRefused as error:
            answer = Answered(ask.id, refusal=error.refusal.name, why=error.why)
        except ApplicationError:
            answer = Answered(ask.id, refusal=Refusal.BAD_REQUEST.name)
        try:
            await self.send(ask.reply_to, answer)
        except Exception as error:
            # What a poll took is lost, and with it the session's order.
            if ask.action == "poll" and (session := self.server.sessions.get(ask.sid)):
                session.abort("what a poll took is lost")
            if not isinstance(error, OSError | RedisError):
                raise
            logger.info("What came of a carried %s of %.64r is lost: %s", ask.action, ask.sid, said(error))

    async def _carry_out(self, ask: Ask) -> bytes:
        here = self.server.here
        match ask.action:
            case "poll":
                return await here.poll(ask.sid, ask.shown or Shown())
            case "post":
                await here.post(ask.sid, ask.shown or Shown(), ask.body)
            case "begin_upgrade":
                await here.begin_upgrade(ask.sid, ask.shown or Shown())
            case "probed":
                await here.probed(ask.sid)
            case "abandon_upgrade":
                await here.abandon_upgrade(ask.sid)
            case "move":
                return _encode(await self.server.give_away(ask.sid))
            case _:
                raise RequestRefused(Refusal.BAD_REQUEST)
        return b""


def _lost(ask: Ask, process: str, how: str, level: int) -> RequestRefused:
    """Returns the refusal of what went to another process in vain; the client begins anew, and the log says why."""
    logger.log(level, "Process %.64r %s: %s of %.64r is lost.", process, how, ask.action, ask.sid)
    return RequestRefused(Refusal.UNKNOWN_SESSION, f"its process {how}")


class Elsewhere:
    """The owner of sessions in another process."""

    def __init__(self, carrier: Carrier, process: str) -> None:
        self._carrier = carrier
        self._process = process

    async def poll(self, sid: str, shown: Shown) -> bytes:
        options = self._carrier.server.options
        # A ping comes at the latest after an interval.
        seconds = (options.ping_interval_ms + options.ping_timeout_ms) / 1000
        return await self._carrier.ask(self._process, "poll", sid, shown=shown, seconds=seconds)

    async def post(self, sid: str, shown: Shown, body: bytes) -> None:
        await self._ask("post", sid, body, shown)

    async def begin_upgrade(self, sid: str, shown: Shown) -> None:
        await self._ask("begin_upgrade", sid, shown=shown)

    async def probed(self, sid: str) -> None:
        await self._ask("probed", sid)

    async def abandon_upgrade(self, sid: str) -> None:
        try:
            await self._ask("abandon_upgrade", sid)
        except RequestRefused:
            logger.debug("The owner of an abandoned upgrade did not answer; its own timer ends it.")

    async def upgrade(self, sid: str, scope: Scope, link_to: LinkTo) -> EngineSession:
        moved = msgspec.msgpack.decode(await self._ask("move", sid), type=Moved)
        return self._carrier.server.adopt(sid, scope, link_to, moved)

    async def _ask(self, action: str, sid: str, body: bytes = b"", shown: Shown | None = None) -> bytes:
        return await self._carrier.ask(self._process, action, sid, body, shown=shown, seconds=_WORK_SECONDS)
