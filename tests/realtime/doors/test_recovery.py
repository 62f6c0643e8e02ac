"""Connection state recovery, packet by packet: exact or refused, and never on somebody else's behalf."""

from typing import Any

import pytest
from django.core import signing

import realtime
from realtime.errors import CloseCode
from realtime.hub import Hub
from realtime.models import Event, Lease, RoomHead
from tests.realtime.app.events import HallRoom, Said, VaultRoom
from tests.realtime.doors.in_process import BareClient, Open, hub, open_socket

__all__ = ["hub", "open_socket"]

pytestmark = pytest.mark.django_db(transaction=True)

HALLS = "/halls"


async def say(hall: int, *texts: str) -> None:
    for text in texts:
        await realtime.aemit(HallRoom(hall), Said(text=text))


async def settled(client: BareClient) -> None:
    """Waits until everything before has gone out, offset and all."""
    await client.ask(HALLS, "session:ping", {})


async def begin(open_socket: Open, *halls: int, token: str = "7") -> tuple[BareClient, dict[str, Any]]:
    """A client in some halls, with its `sid` and `pid`."""
    client = await open_socket()
    accepted = await client.enter(HALLS, token=token)
    for hall in halls:
        assert (await client.ask(HALLS, "hall:join", {"hallId": hall}))["success"]
    return client, accepted


async def test_a_client_gets_exactly_what_it_missed_in_every_room(open_socket: Open) -> None:
    client, before = await begin(open_socket, 1, 2)
    await say(1, "one")
    await say(2, "two")
    await client.until(lambda: client.said() == ["one", "two"])
    await settled(client)
    await client.close()
    await say(2, "three")
    await say(1, "four")
    again = await open_socket()
    assert await again.enter(HALLS, token="7", pid=before["pid"], offset=client.offset()) == before
    await say(1, "five")
    await again.until(lambda: len(again.said()) == 3)
    assert sorted(again.said()) == ["five", "four", "three"]


async def test_a_client_that_heard_nothing_yet_recovers_too(open_socket: Open) -> None:
    client, before = await begin(open_socket)
    await client.until(lambda: client.offset() == "1")
    await client.close()
    again = await open_socket()
    assert await again.enter(HALLS, token="7", pid=before["pid"], offset="1") == before


async def test_presence_goes_on_where_it_was(open_socket: Open, hub: Hub) -> None:
    client, before = await begin(open_socket, 1)
    await client.ask(HALLS, "room:subscribe", {"room": "hall:2"})
    await settled(client)
    await client.close()
    again = await open_socket()
    await again.enter(HALLS, token="7", pid=before["pid"], offset=client.offset())
    await settled(again)
    [session] = hub.sessions()
    assert session.joined() == {"hall:1": True, "hall:2": False}


async def test_a_client_whose_server_says_bye_gets_exactly_what_it_missed(open_socket: Open, hub: Hub) -> None:
    client, before = await begin(open_socket, 1)
    await say(1, "one")
    await client.until(lambda: client.said() == ["one"])
    hub.sessions()[0].end(CloseCode.SERVICE_RESTART, "The server restarts.")
    await client.until(lambda: bool(client.events(HALLS, "bye")))
    await say(1, "two")
    again = await open_socket()
    assert await again.enter(HALLS, token="7", pid=before["pid"], offset=client.offset()) == before
    await again.until(lambda: again.said() == ["two"])


async def test_recovery_comes_before_the_positions_in_auth_which_hold_where_it_is_refused(open_socket: Open) -> None:
    """A client may always send both: phones do."""
    client, before = await begin(open_socket, 1)
    await say(1, "one", "two")
    await client.until(lambda: client.said() == ["one", "two"])
    await settled(client)
    [_, meta, _], _ = client.events(HALLS, "hall:said")
    rooms = {"hall:1": {"epoch": meta["epoch"], "seq": meta["seq"]}}
    await client.close()
    await say(1, "three")
    again = await open_socket()
    assert await again.enter(HALLS, token="7", pid=before["pid"], offset=client.offset(), rooms=rooms) == before
    await again.until(lambda: again.said() == ["three"])
    anew = await open_socket()
    assert await anew.enter(HALLS, token="7", pid=before["pid"], offset="nonsense", rooms=rooms) != before
    await anew.until(lambda: anew.said() == ["two", "three"])
    assert anew.events(HALLS, "session:ready")[0][0]["rooms"]["hall:1"]["recovered"] is True


async def test_recovery_can_be_repeated_with_the_same_pid(open_socket: Open) -> None:
    client, before = await begin(open_socket, 1)
    await settled(client)
    for text in ("one", "two", "three"):
        await client.close()
        await say(1, text)
        again = await open_socket()
        assert await again.enter(HALLS, token="7", pid=before["pid"], offset=client.offset()) == before
        await again.until(lambda again=again, text=text: again.said() == [text])
        await settled(again)
        client = again


async def test_a_room_that_was_left_does_not_come_back(open_socket: Open, hub: Hub) -> None:
    client, before = await begin(open_socket, 1, 2)
    await client.ask(HALLS, "room:unsubscribe", {"room": "hall:1"})
    await settled(client)
    await client.close()
    again = await open_socket()
    assert await again.enter(HALLS, token="7", pid=before["pid"], offset=client.offset()) == before
    await settled(again)
    assert set(hub.sessions()[0].joined()) == {"hall:2"}


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

    async def test_an_event_without_the_offset_behind_it(self, open_socket: Open) -> None:
        """The connection broke right between the two: the other rooms' places are not known."""
        client, before = await begin(open_socket, 1)
        await say(1, "one")
        await client.until(client.said)
        [[_, meta, event_id]] = client.events(HALLS, "hall:said")
        assert event_id == meta["eventId"]
        await self.assert_refused(open_socket, before, offset=event_id)

    @pytest.mark.parametrize("offset", [None, "", "nonsense", "2", "1 hall:1", "1 hall:1=:x", "1  ", 7, {"a": 1}])
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

    async def test_a_history_that_was_lost(self, open_socket: Open) -> None:
        client, before = await begin(open_socket, 1)
        await say(1, "one")
        await client.until(client.said)
        await settled(client)
        await client.close()
        offset = client.offset().replace("=", "=f")
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

    async def test_a_position_of_the_future(self, open_socket: Open) -> None:
        client, before = await begin(open_socket, 1)
        await say(1, "one")
        await client.until(client.said)
        await settled(client)
        offset = client.offset()
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


async def test_every_turn_that_moves_the_client_ends_with_its_offset(open_socket: Open) -> None:
    client, _ = await begin(open_socket, 1)
    await say(1, "one", "two")
    await client.until(lambda: client.said() == ["one", "two"])
    await settled(client)
    names = [text.partition('["')[2].partition('"')[0] for text in client.texts if text.startswith("2")]
    for index, name in enumerate(names):
        if name == "hall:said":
            assert "session:offset" in names[index + 1 :]
    assert client.offset().endswith(":2")
