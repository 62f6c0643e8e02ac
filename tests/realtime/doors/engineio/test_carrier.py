"""A request that reaches another process is carried to its session's owner; what is lost on the way is a refusal."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer

from realtime.doors.engineio import carrier as carrying
from realtime.doors.engineio.binding import Shown
from realtime.doors.engineio.carrier import Answered, Ask, Cancel, Carrier, Elsewhere, Parts, Received
from realtime.doors.engineio.server import EngineServer
from realtime.doors.engineio.session import EngineSession
from realtime.doors.errors import Refusal, RequestRefused
from realtime.doors.socketio.door import SocketDoor
from realtime.hub import Hub
from realtime.transport.packets import Packet
from tests.realtime.doors.engineio.echoing import SCOPE, Way, echo_of, echoing
from tests.realtime.doors.moving import door
from tests.realtime.doors.temporary import until
from tests.realtime.halls import hub

__all__ = ["door", "hub"]

SHOWN = Shown(address="192.0.2.1")


@pytest.fixture(autouse=True)
def everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "realtime.doors")


class Process:
    """One process with its sessions, on a layer that it shares with others."""

    def __init__(self, layer: InMemoryChannelLayer) -> None:
        self.server: EngineServer = echoing(elsewhere=lambda process: self.carrier.owner(process))
        self.tasks: list[asyncio.Task[None]] = []
        self.carrier = Carrier(layer, self.server, self.spawn)
        self.spawn(self.carrier.run())

    def spawn(self, work: Any) -> "asyncio.Task[None]":
        self.tasks.append(asyncio.create_task(work))
        return self.tasks[-1]


@pytest.fixture
async def processes() -> AsyncIterator[tuple[Process, Process]]:
    layer = InMemoryChannelLayer()
    made = Process(layer), Process(layer)
    for process in made:
        await process.carrier.tried()
    yield made
    for process in made:
        for session in list(process.server.sessions.values()):
            session.abort()
        for task in process.tasks:
            task.cancel()
        await asyncio.gather(*process.tasks, return_exceptions=True)


def owner_of(process: Process, session: EngineSession) -> Elsewhere:
    owner = process.server.owner(session.sid)
    assert isinstance(owner, Elsewhere)
    return owner


@pytest.mark.either_database
async def test_what_is_asked_of_the_wrong_process_is_done_by_the_right_one(processes: tuple[Process, Process]) -> None:
    here, there = processes
    session = there.server.open(SCOPE)
    owner = owner_of(here, session)
    await owner.post(session.sid, SHOWN, b"4hello")
    assert echo_of(session).heard == ["hello"]
    assert await owner.poll(session.sid, SHOWN) == b"4hello"
    assert here.server.sessions == {}


@pytest.mark.either_database
async def test_its_refusal_comes_back_with_its_reason(processes: tuple[Process, Process]) -> None:
    here, there = processes
    session = there.server.open(SCOPE)
    owner = owner_of(here, session)
    with pytest.raises(RequestRefused) as refused:
        await owner.post(session.sid, Shown(address="192.0.2.66"), b"4not mine")
    assert refused.value.refusal is Refusal.UNKNOWN_SESSION
    assert refused.value.why == "the request does not show whose it is"
    with pytest.raises(RequestRefused) as refused:
        await owner.probed(session.sid)
    assert refused.value.why == "the upgrade was given up"


@pytest.mark.either_database
async def test_a_session_upgrades_at_another_process_than_its_own(processes: tuple[Process, Process]) -> None:
    here, there = processes
    session = there.server.open(SCOPE)
    echo_of(session).say("not polled")
    owner, way = owner_of(here, session), Way()
    await owner.begin_upgrade(session.sid, SHOWN)
    await owner.probed(session.sid)
    went = await owner.upgrade(session.sid, SCOPE, lambda session: way)
    went.flush()
    assert way.sent == ["4not polled"]
    assert here.server.sessions == {session.sid: went}
    assert (there.server.sessions, echo_of(session).ends) == ({}, ["moved"])


@pytest.mark.either_database
async def test_an_abandoned_upgrade_leaves_the_session_where_it_is(processes: tuple[Process, Process]) -> None:
    here, there = processes
    session = there.server.open(SCOPE)
    owner = owner_of(here, session)
    await owner.begin_upgrade(session.sid, SHOWN)
    await owner.abandon_upgrade(session.sid)
    await owner.abandon_upgrade("nobody.here")  # harmless
    await owner.post(session.sid, SHOWN, b"4still here")
    assert echo_of(session).heard == ["still here"]


@pytest.mark.either_database
async def test_a_poll_that_is_given_up_here_is_given_up_there(processes: tuple[Process, Process]) -> None:
    here, there = processes
    session = there.server.open(SCOPE)
    polling = asyncio.create_task(owner_of(here, session).poll(session.sid, SHOWN))
    await until(lambda: there.carrier._working)
    polling.cancel()
    await until(lambda: session.closed)
    assert echo_of(session).ends == ["a poll was given up"]
    await until(lambda: not (there.carrier._working or here.carrier._waiting))


@pytest.mark.either_database
async def test_what_cannot_be_read_ends_nothing(processes: tuple[Process, Process]) -> None:
    here, there = processes
    session = there.server.open(SCOPE)
    name = session.sid.partition(".")[0]
    await here.carrier._layer.send(here.carrier._stem + name, {"no": "part"})
    part = {"name": "x", "index": 0, "count": 1, "data": b"\xc1 no MessagePack"}
    await here.carrier._layer.send(here.carrier._stem + name, part)
    await owner_of(here, session).post(session.sid, SHOWN, b"4behind it")
    assert echo_of(session).heard == ["behind it"]


@pytest.mark.either_database
def test_a_large_message_travels_in_parts_and_is_whole_again() -> None:
    asked = Ask("1", "asking", "post", "sid", bytes(range(256)) * 2000, SHOWN)
    parts = list(Parts.split(asked))
    assert len(parts) > 1
    joining = Parts()
    assert [joining.join(part) for part in parts] == [None] * (len(parts) - 1) + [asked]
    assert joining._unfinished == {}
    assert [Parts().join(part) for part in Parts.split(Cancel("1"))] == [Cancel("1")]


@pytest.mark.either_database
def test_a_message_that_lost_a_part_is_never_completed_and_what_is_unfinished_has_a_bound() -> None:
    body, joining = b"x" * (carrying._PART_BYTES * 2), Parts()
    first, _, last = Parts.split(Ask("1", "asking", "post", "sid", body))
    assert joining.join(first) is None
    assert joining.join(last) is None
    assert joining._unfinished == {}
    for _ in range(2 * carrying._MAX_UNFINISHED):
        joining.join(next(Parts.split(Ask("1", "asking", "post", "sid", body))))
    assert len(joining._unfinished) == carrying._MAX_UNFINISHED
    assert joining.join({**first, "count": carrying._MAX_PARTS + 1}) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("hears", "message"), [(False, "does not seem to live"), (True, "has not answered within 0.01 s")]
)
async def test_the_log_says_what_another_process_has_not_answered(
    door: SocketDoor,
    hub: Hub,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    hears: bool,
    message: str,
) -> None:
    layer = InMemoryChannelLayer()
    asking, owning = (Carrier(layer, door.server, hub.spawn) for _ in range(2))
    running = [hub.spawn(carrier.run()) for carrier in ((asking, owning) if hears else (asking,))]
    await asking.tried()
    await until(lambda: owning._token or not hears)
    if not hears:
        monkeypatch.setattr(carrying, "_HEARD_SECONDS", 0.01)
    session = await door.server.begin(SCOPE)
    with pytest.raises(RequestRefused):  # nothing is to be said to this poll
        await asking.ask(owning._token or "nobody", "poll", session.sid, shown=SHOWN, seconds=0.01)
    [line] = [line for line in caplog.messages if line.endswith(f"poll of {session.sid!r} is lost.")]
    assert message in line
    if hears:
        await until(lambda: f"{session.id} ends on polling: a poll was given up" in caplog.messages)
    for task in running:
        task.cancel()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lost", [Received, Answered])
async def test_the_log_says_what_is_lost_on_the_way_back_in_a_line(
    door: SocketDoor, hub: Hub, caplog: pytest.LogCaptureFixture, lost: type
) -> None:
    """While Redis is away that is every request."""
    caplog.set_level(logging.DEBUG, "realtime")
    owning = Carrier(InMemoryChannelLayer(), door.server, hub.spawn)

    async def send(process: str, message: object) -> None:
        if isinstance(message, lost):
            raise ConnectionError("Redis is away.")

    owning.send = send  # type: ignore[method-assign]
    session = await door.server.begin(SCOPE)
    session.write(Packet(b"4hello"))
    owning._take(Ask("1", "asking", "poll", session.sid, shown=SHOWN))
    await until(lambda: not owning._working)
    assert [record for record in caplog.records if "Redis is away." in record.getMessage()]
    assert not [record for record in caplog.records if record.exc_info]
    # What a poll has taken is gone: nobody could go on from there.
    assert session.closed is (lost is Answered)
