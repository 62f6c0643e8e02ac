"""A connection that somebody listens to: all is handed over in order, and the end once, without an application."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from websockets.frames import Frame, Opcode

from realtime.errors import CloseCode
from realtime.transport.connection import Connection
from realtime.transport.write_batch import WriteBatch
from tests.realtime.servers.test_opening import OPENINGS, Served, frame


class Listening:
    """An application that takes some messages itself, then listens and ends; and what it has heard."""

    def __init__(self, *, takes: int = 0, hear: Callable[[Any], None] | None = None) -> None:
        self.heard_so_far: list[Any] = []
        self.owner = Connection(WriteBatch(asyncio.get_running_loop()))
        self._takes = takes
        self._hear = hear

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        for _ in range(self._takes):
            self.heard((await receive())["text"])
        stream = scope["extensions"]["realtime.frames"]["stream"]
        stream.attach(self.owner, 1000)
        assert stream.listen(self)

    def heard(self, message: Any) -> None:
        self.heard_so_far.append(message)
        if self._hear is not None:
            self._hear(message)

    def gone(self) -> None:
        self.heard_so_far.append(None)


def words(*texts: str) -> list[bytes]:
    return [frame(Opcode.TEXT, text.encode()) for text in texts]


async def listened(**options: Any) -> tuple[Listening, Served]:
    listening = Listening(**options)
    return listening, await Served(application=listening).opens(OPENINGS["plain"])


async def test_the_application_has_ended_and_the_connection_goes_on() -> None:
    listening, client = await listened()
    assert client.state.tasks == set()
    await client.brings(*words("a", "b"), frame(Opcode.BINARY, b"\x00"), b"".join(words("c", "d")))
    assert (listening.heard_so_far, client.link.closed) == (["a", "b", b"\x00", "c", "d"], False)
    await client.ends()
    assert listening.heard_so_far[5:] == [None]


async def test_what_came_before_is_handed_over_first() -> None:
    listening, client = await listened(takes=3)
    texts = [str(number) for number in range(40)]
    await client.brings(*words(*texts[:2]), b"".join(words(*texts[2:])))
    assert listening.heard_so_far == texts
    await client.ends()


async def test_nothing_is_taken_of_a_client_that_does_not_take_its_answers() -> None:
    listening, client = await listened()
    protocol = client.link.protocol
    protocol.pause_writing()
    listening.owner.became_congested()
    await client.brings(*words("a"), b"".join(words("b", "c")))
    assert listening.heard_so_far == []
    protocol.resume_writing()
    await client.brings(*words("d"))
    assert listening.heard_so_far == ["a", "b", "c", "d"]
    await client.ends()


async def test_who_becomes_congested_by_an_answer_is_asked_for_no_more() -> None:
    listening, client = await listened(hear=lambda message: listening.owner.became_congested())
    await client.brings(b"".join(words("a", "b", "c")))
    assert listening.heard_so_far == ["a"]
    await client.ends()
    assert listening.heard_so_far == ["a", None]


ENDS = {
    "a close": frame(Opcode.CLOSE, b"\x03\xe8"),
    "an empty close": frame(Opcode.CLOSE),
    "no frame at all": b"\xff" * 20,
    "cut off": None,
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
async def test_the_end_is_told_once_behind_everything(end: bytes | None) -> None:
    listening, client = await listened()
    await client.brings(*words("a"))
    if end is None:
        client.link.protocol.abort()
        await client.settles()
    else:
        await client.brings(end)
    assert (listening.heard_so_far, client.link.closed) == (["a", None], True)
    await client.ends()
    assert listening.heard_so_far == ["a", None]


async def test_whoever_closes_is_told_behind_that_and_waits_for_the_clients_close() -> None:
    during: list[Any] = []

    def close(message: Any) -> None:
        client.link.protocol.close(CloseCode.SERVICE_RESTART, "restart")
        during.extend(listening.heard_so_far)

    listening, client = await listened(hear=close)
    await client.brings(*words("a", "b"))
    assert (during, listening.heard_so_far) == (["a"], ["a", None])
    told = Frame(Opcode.CLOSE, CloseCode.SERVICE_RESTART.to_bytes(2, "big") + b"restart").serialize(mask=False)
    assert client.link.written.endswith(told)
    assert not client.link.closed
    await client.brings(frame(Opcode.CLOSE, CloseCode.SERVICE_RESTART.to_bytes(2, "big")))
    assert client.link.closed
    await client.ends()
    assert (
        client.link.protocol.close_timer is client.link.protocol._closer is None
        or client.link.protocol._closer.cancelled()
    )
