"""The transports of an Engine.IO session."""

import asyncio

from realtime.doors.engineio.links import FrameLink
from realtime.transport.connection import Connection
from realtime.transport.packets import Packet
from realtime.transport.write_batch import WriteBatch


class _Gone:
    """A frame stream whose connection has ended, as uvloop has it."""

    heard_at = 0.0

    def write(self, frame: bytes) -> bool:
        return False

    def buffered(self) -> int:
        return 0

    def close(self, code: int, reason: str) -> None: ...

    def abort(self) -> None: ...

    def ping(self) -> None: ...

    def attach(self, owner: Connection, limit: int) -> None:
        raise RuntimeError("the handler is closed")


async def test_a_websocket_that_went_while_its_session_moved_is_an_end_and_no_defect() -> None:
    link = FrameLink(_Gone(), Connection(WriteBatch(asyncio.get_running_loop())), limit=1)
    link.send([Packet(b"4hello")])
    assert link.buffered() == 0
