"""Recovery that is refused: whatever is not exact begins anew, and nothing is had on somebody else's behalf."""

from typing import Any

import pytest
from django.core import signing

import realtime
from realtime.hub import Hub
from realtime.models import Event, Lease, RoomHead
from tests.realtime.app.events import Said, VaultRoom
from tests.realtime.doors.in_process import Open, hub, open_socket
from tests.realtime.doors.socketio.recovering import HALLS, begin, say, settled, told_where_they_stand

__all__ = ["hub", "open_socket"]

pytestmark = pytest.mark.django_db(transaction=True)


class TestRefusals:
    """Whatever is not exact begins anew: another sid, another pid, no event of the past."""

    async def assert_refused(self, open_socket: Open, before: dict[str, Any], **auth: Any) -> None:
        again = await open_socket()
        accepted = await again.enter(HALLS, **({"token": "7", "pid": before["pid"]} | auth))
        assert accepted.keys() == {"sid", "pid"}
        assert accepted["sid"] != before["sid"]
        assert accepted["pid"] != before["pid"]
        await settled(again)
        assert again.said() == []
        ready = again.events(HALLS, "session:ready")
        assert len(ready) == 1
        assert ready[0][0]["rooms"] == {}
        await again.close()

    async def test_an_event_that_was_replayed_without_the_vector_behind_it(self, open_socket: Open) -> None:
        """The connection broke while it caught up: the other rooms' places are not known."""
        client, before = await begin(open_socket, 1)
        await say(1, "one")
        await client.until(client.said)
        await client.close()
        await say(1, "two", "three")
        again = await open_socket()
        assert await again.enter(HALLS, token="7", pid=before["pid"], offset=client.offset()) == before
        await again.until(lambda: len(again.said()) == 2)
        for _, meta, event_id in again.events(HALLS, "hall:said"):
            assert event_id == meta["eventId"]
            await self.assert_refused(open_socket, before, offset=event_id)

    async def test_a_number_that_is_not_known_here(self, open_socket: Open, hub: Hub) -> None:
        """Of another process, without Redis; of the future; from before the session; of no process at all."""
        await say(1, "nobody's")
        client, before = await begin(open_socket, 1)
        await say(1, "one")
        await client.until(client.said)
        version, process, number = client.offset().split(" ")
        assert (version, process) == ("2", hub.id)
        for offset in (
            f"2 {'0' * 16} {number}",
            f"2 {process} {int(number) + 1}",
            f"2 {process} 0",
            f"2 {process} -1",
            f"2 {process} {'9' * 18}",
            f"2 {process} {'9' * 19}",
            f"2 {process} ٣",
            f"2 {process.upper() + '*'} {number}",
            f"2 {process}",
            f"2 {process} {number} ",
            f"3 {process} {number}",
        ):
            await self.assert_refused(open_socket, before, offset=offset)

    async def test_a_number_is_good_for_its_own_session_alone(self, open_socket: Open) -> None:
        """Another's number under one's own pid: one's own place at that time, or none."""
        client, before = await begin(open_socket, 1)
        await say(1, "one")
        await client.until(client.said)
        late, accepted = await begin(open_socket, token="7")
        await settled(late)
        await self.assert_refused(open_socket, accepted, offset=client.offset())
        await self.assert_refused(open_socket, before, token="8", offset=client.offset())

    @pytest.mark.parametrize(
        "offset", [None, "", "nonsense", "2", "1 hall:1", "1 hall:1=:x", "1  ", 7, {"a": 1}, ["2"]]
    )
    async def test_an_offset_that_is_none(self, open_socket: Open, offset: object) -> None:
        _, before = await begin(open_socket, 1)
        await self.assert_refused(open_socket, before, offset=offset)

    @pytest.mark.parametrize(
        "pid", [None, "", "nonsense", 7, ["a"], pytest.param(signing.dumps(["a", HALLS, 7]), id="unsigned-by-us")]
    )
    async def test_a_pid_that_is_none(self, open_socket: Open, pid: object) -> None:
        client, before = await begin(open_socket, 1)
        await settled(client)
        await self.assert_refused(open_socket, before, pid=pid, offset=client.offset())

    @pytest.mark.parametrize("auth", [{"token": "8"}, {"token": None}])
    async def test_a_pid_in_other_hands(self, open_socket: Open, auth: dict[str, Any]) -> None:
        client, before = await begin(open_socket, 1)
        await settled(client)
        await self.assert_refused(open_socket, before, offset=client.offset(), **auth)

    async def test_a_pid_of_another_namespace(self, open_socket: Open) -> None:
        client = await open_socket()
        before = await client.enter("/members", token="7")
        await self.assert_refused(open_socket, before, offset="1")

    async def test_a_history_that_was_lost(self, open_socket: Open, hub: Hub) -> None:
        client, before = await begin(open_socket, 1)
        await say(1, "one")
        await client.until(client.said)
        await told_where_they_stand(hub)
        await settled(client)
        await client.close()
        offset = client.offset().replace("=", "=f")
        assert offset.startswith("1 ")
        await self.assert_refused(open_socket, before, offset=offset)

    async def test_a_history_that_was_trimmed(self, open_socket: Open, hub: Hub) -> None:
        client, before = await begin(open_socket, 1)
        await say(1, "one")
        await client.until(client.said)
        await settled(client)
        await client.close()
        await say(1, "two", "three")
        await Event.objects.filter(room="hall:1", seq__lt=3).adelete()
        await RoomHead.objects.filter(room="hall:1").aupdate(min_seq=3)
        hub.rooms.clear()
        await self.assert_refused(open_socket, before, offset=client.offset())

    async def test_a_position_of_the_future(self, open_socket: Open, hub: Hub) -> None:
        client, before = await begin(open_socket, 1)
        await say(1, "one")
        await client.until(client.said)
        await told_where_they_stand(hub)
        await settled(client)
        offset = client.offset()
        assert offset.endswith(":1")
        await self.assert_refused(open_socket, before, offset=offset.removesuffix("1") + "9")

    async def test_one_room_that_may_not_be_entered_any_more(self, open_socket: Open) -> None:
        await Lease.objects.acreate(name="key:1:7", holder="test", expires_at="2030-01-01T00:00:00Z")
        client, before = await begin(open_socket, 1)
        assert (await client.ask(HALLS, "room:subscribe", {"room": "vault:1"}))["success"]
        await settled(client)
        await client.close()
        await realtime.aemit(VaultRoom(1), Said(text="secret"))
        await Lease.objects.filter(name="key:1:7").adelete()
        await self.assert_refused(open_socket, before, offset=client.offset())

    async def test_who_is_not_let_in_at_all(self, open_socket: Open) -> None:
        client, before = await begin(open_socket, 1)
        await settled(client)
        again = await open_socket()
        refused = await again.enter(HALLS, token="7:expired", pid=before["pid"], offset=client.offset())
        assert refused["data"]["code"] == "TOKEN_EXPIRED"


async def test_a_forged_offset_opens_no_door(open_socket: Open) -> None:
    """The offset is the client's own word: it is authorised like any other."""
    await realtime.aemit(VaultRoom(1), Said(text="secret"))
    _, before = await begin(open_socket)
    again = await open_socket()
    accepted = await again.enter(HALLS, token="7", pid=before["pid"], offset="1 vault:1=:0")
    assert accepted["sid"] != before["sid"]
    await settled(again)
    assert again.said() == []
