"""Every offset is exactly where its client stands, whatever has happened."""

import asyncio
import random

import msgspec
import pytest

from realtime.doors.socketio import journal
from realtime.hub import Hub
from realtime.hub.room import Membership
from realtime.log.events import StoredEvent
from tests.realtime.doors.in_process import BareClient, Open, hub, open_socket
from tests.realtime.doors.socketio.recovering import (
    HALLS,
    assert_exact,
    begin,
    resolved,
    say,
    settled,
    told_where_they_stand,
)

__all__ = ["hub", "open_socket"]

pytestmark = pytest.mark.django_db(transaction=True)


async def test_what_is_delivered_in_a_room_that_a_client_reads_from_the_log_is_not_taken_for_its_own(
    open_socket: Open, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_read = asyncio.Event()
    read = hub.catch_up._advance

    async def later(member: Membership) -> None:
        await may_read.wait()
        await read(member)

    client, before = await begin(open_socket, 1, 2)
    other, _ = await begin(open_socket, 1, token="8")
    await say(1, "one")
    await client.until(lambda: client.said() == ["one"])
    monkeypatch.setattr(hub.catch_up, "_advance", later)
    hub.catch_up.demote(hub.sessions()[0].memberships["hall:1"])
    await settled(client)
    await say(1, "two")
    await other.until(lambda: other.said() == ["one", "two"])
    await say(2, "elsewhere")
    await client.until(lambda: client.said() == ["one", "elsewhere"])
    place = await resolved(before, client.offset())
    assert place is not None
    assert {room: position.seq for room, position in place.positions.items()} == {"hall:1": 1, "hall:2": 1}
    await client.close()
    may_read.set()
    again = await open_socket()
    assert await again.enter(HALLS, token="7", pid=before["pid"], offset=client.offset()) == before
    await again.until(lambda: again.said() == ["two"])


@pytest.mark.parametrize("slice_size", [1000, 2])
@pytest.mark.parametrize("seed", range(4))
async def test_every_offset_is_exactly_where_its_client_stands(
    open_socket: Open, hub: Hub, monkeypatch: pytest.MonkeyPatch, seed: int, slice_size: int
) -> None:
    """Over any mixture of events in one room or several, of joining, leaving and falling behind, and of turns."""

    async def nothing() -> None:
        """The log has none of these events: a sweep that compares the heads would rightly begin the rooms anew."""

    monkeypatch.setattr(hub.sweep, "_sweep", nothing)
    monkeypatch.setattr(journal, "_KEPT_ANCHORS", 1_000_000)
    # Rings that hold everything: the log has none of it.
    hub.settings = msgspec.structs.replace(hub.settings, fan_out_slice=slice_size, ring_events=1000)
    chance = random.Random(seed)
    read = hub.catch_up._advance

    async def read_little(member: Membership) -> None:
        """Often one event at a time, while other rooms go on live."""
        recent = member.state.recent(member.seq)
        if not recent or chance.random() < 0.2:
            await read(member)
            return
        if chance.random() < 0.7:
            hub.catch_up._write(member, recent[:1])
            member.session.replayed()
        member.connection.flush()
        await asyncio.sleep(0)

    monkeypatch.setattr(hub.catch_up, "_advance", read_little)
    halls = [1, 2, 3]
    clients = [
        await begin(open_socket, *chance.sample(halls, chance.randint(1, 2)), token=str(person))
        for person in range(10, 19)
    ]
    clients.append(await begin(open_socket, *halls, token="19"))  # no hall is without anybody at the beginning
    seqs = dict.fromkeys(halls, 0)
    left: set[tuple[BareClient, int]] = set()

    def happen(hall: int) -> None:
        seqs[hall] += 1
        hub.accept(StoredEvent(f"hall:{hall}", "e", seqs[hall], "hall:said", b'{"text":"x"}', 1))

    for _ in range(300):
        changing, hall = chance.choice(clients)[0], chance.choice(halls)
        if chance.random() < 0.02 and (changing, hall) not in left:
            assert (await changing.ask(HALLS, "hall:join", {"hallId": hall}))["success"]
        elif chance.random() < 0.01:
            left.add((changing, hall))
            await changing.ask(HALLS, "room:unsubscribe", {"room": f"hall:{hall}"})
        if chance.random() < 0.05:
            slow = chance.choice([member for session in hub.sessions() for member in session.memberships.values()])
            if slow.is_live:
                hub.catch_up.demote(slow)
                happen(int(slow.state.name[-1]))
        happen(chance.choice(halls))
        for _ in range(chance.choice((0, 0, 1, 1, 2, 9))):
            await asyncio.sleep(0)
    for client, _ in clients:
        await settled(client)
    for hall in halls:
        happen(hall)
    compared = 0
    for client, _ in clients:
        await settled(client)
    await told_where_they_stand(hub)
    for client, accepted in clients:
        await settled(client)
        place = await resolved(accepted, client.offset())
        assert place is not None
        for room in place.positions:
            await client.until(
                lambda client=client, room=room: any(
                    meta["room"] == room and meta["seq"] == seqs[int(room[-1])]
                    for _, meta, _ in client.events(HALLS, "hall:said")
                )
            )
        compared += await assert_exact(client, accepted)
    assert compared > 1000
