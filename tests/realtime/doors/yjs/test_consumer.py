"""What both doors for stock clients of Yjs have in common: what ends a connection, and what keeps one."""

import pytest

from realtime.doors.yjs import consumer
from realtime.doors.yjs.messages import MAX_MESSAGE_BYTES
from tests.realtime.doors.yjs.clients import Knock, hub, knock

__all__ = ["hub", "knock"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("message", ["text", bytes(MAX_MESSAGE_BYTES + 1), b"", b"\xff"])
async def test_what_is_no_message_ends_its_connection_and_no_other(knock: Knock, message: str | bytes) -> None:
    bad, good = await knock(user=8), await knock(user=9)
    await bad.send(message)
    await bad.end()
    await good.synced()


async def test_a_quiet_connection_is_told_something_again_and_again(
    knock: Knock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "BEAT_SECONDS", 0.01)
    client = await knock(user=8)
    for _ in range(3):
        assert await client.next(lambda frame: frame == b"\x01\x01\x00")
