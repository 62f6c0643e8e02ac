"""What is asked for while opening has its price and its bound, at every door, before anything is done for it."""

import asyncio
import contextlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from realtime.conf import RealtimeSettings
from realtime.doors.socketio import holding
from realtime.errors import CloseCode, RateLimited, Unauthenticated
from realtime.hub import Hub
from realtime.identity import ANONYMOUS, authenticator
from realtime.people.limits.limiter import ConnectionLimits
from realtime.sessions import tickets
from realtime.sessions.dispatch import Request
from realtime.sessions.memberships import cost_of_rooms
from tests.realtime.app.authenticator import HallAuthenticator
from tests.realtime.doors.in_process import BareClient, Open, open_socket
from tests.realtime.doors.plain_http import ask
from tests.realtime.halls import Connect, connect, hub

__all__ = ["connect", "hub", "open_socket"]

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "203.0.113.9"
ROOMS = [f"hall:{number}" for number in range(1, 201)]
TOO_MANY = [f"hall:{number}" for number in range(1, 1501)]


class Work:
    """Counts the rooms that the log and the policies are asked for."""

    def __init__(self, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rooms = 0
        heads, authorise = hub.log.heads, hub.authorizer.authorise

        async def counted_heads(names: Iterable[str]) -> Any:
            names = list(names)
            self.rooms += len(names)
            return await heads(names)

        async def counted_authorise(identity: Any, rooms: Any) -> Any:
            self.rooms += len(rooms)
            return await authorise(identity, rooms)

        monkeypatch.setattr(hub.log, "heads", counted_heads)
        monkeypatch.setattr(hub.authorizer, "authorise", counted_authorise)


@pytest.fixture
def work(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(hub, monkeypatch)


async def test_streams_of_many_rooms_are_paid_for_by_their_number(work: Work) -> None:
    unknown = ",".join(f"vault:{number}" for number in range(1, 201))
    for _ in range(30):
        await ask(f"/events/?rooms={unknown}", client=ADDRESS, until=b"\n\n")
    # A burst of 30 points has one of these in it, and five points come back every second.
    assert 0 < work.rooms <= 5 * 400


async def test_one_small_stream_after_the_other_is_had(hub: Hub) -> None:
    for _ in range(15):
        assert (await ask("/events/?rooms=hall:1", client=ADDRESS, until=b"\n\n")).status == 200


async def test_going_on_with_many_rooms_is_paid_for_by_their_number(connect: Connect, work: Work) -> None:
    client = await connect(token="7")
    answers = [await client.ask("session:resume", {"rooms": dict.fromkeys(ROOMS)}) for _ in range(20)]
    granted = sum(answer["success"] for answer in answers)
    assert 1 <= granted < 10
    assert {answer["error"]["code"] for answer in answers if not answer["success"]} == {"RATE_LIMITED"}
    assert client.closed is None


async def test_coming_back_to_as_many_rooms_as_one_may_have_is_within_every_burst(connect: Connect) -> None:
    client = await connect("/halls", "resume", token="7")
    await client.send({"requestId": "r", "type": "session:resume", "payload": {"rooms": dict.fromkeys(ROOMS)}})
    assert len((await client.ready())["rooms"]) == len(ROOMS)
    stream = await ask(f"/events/?rooms={','.join(ROOMS)}", client=ADDRESS, until=b"\n\n")
    assert stream.status == 200


async def test_coming_back_with_more_rooms_than_one_may_have_is_refused_unread_and_may_be_mended(
    connect: Connect, work: Work
) -> None:
    client = await connect("/halls", "resume", token="7")
    await client.send({"requestId": "a", "type": "session:resume", "payload": {"rooms": dict.fromkeys(TOO_MANY)}})
    answer = await client.wait(lambda frame: frame.get("requestId") == "a")
    assert (answer["error"]["code"], work.rooms) == ("VALIDATION", 0)
    await client.send({"requestId": "b", "type": "session:resume", "payload": {"rooms": {"hall:1": None}}})
    assert (await client.ready())["rooms"].keys() == {"hall:1"}


async def test_a_stream_of_more_rooms_than_one_may_have_is_refused_unread(work: Work) -> None:
    refused = await ask(f"/events/?rooms={','.join(TOO_MANY)}", client=ADDRESS)
    assert (refused.status, work.rooms) == (400, 0)


async def test_entering_a_namespace_with_more_rooms_than_one_may_have_is_refused_unread(
    open_socket: Open, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HallAuthenticator, "from_token", None)  # nobody is asked who this is
    client = await open_socket()
    rooms = {name: {"epoch": "e", "seq": 1} for name in TOO_MANY}
    refused = await client.enter("/halls", token="7", rooms=rooms)
    assert (refused["data"]["code"], work.rooms) == ("VALIDATION", 0)


async def test_an_offset_of_more_rooms_than_one_may_have_is_none(open_socket: Open, work: Work) -> None:
    client = await open_socket()
    first = await client.enter("/halls", token="7")
    await client.send("1/halls,")
    offset = " ".join(["1", *(f"{name}=e:1" for name in TOO_MANY)])
    again = await client.enter("/halls", token="7", pid=first["pid"], offset=offset)
    assert again["sid"] != first["sid"]
    assert not any(name.startswith("hall:") for name in json.loads(_last_ready(client))["rooms"])
    assert work.rooms < 10  # the person's own room, and no other


def _last_ready(client: BareClient) -> str:
    return json.dumps(client.events("/halls", "session:ready")[-1][0])


async def entered(client: BareClient, namespace: str, **auth: Any) -> Mapping[str, Any]:
    """Enters and leaves; what is not answered soon is put off, which is a refusal, too."""
    try:
        answer = await asyncio.wait_for(client.enter(namespace, **auth), 2)
    except TimeoutError:
        return {"data": {"code": "RATE_LIMITED"}}
    if "sid" in answer:
        await client.send(f"1{namespace},")
    return answer


@pytest.mark.parametrize(("namespace", "auth"), [("/halls", {}), ("/halls", {"token": "7:expired"})])
async def test_entering_and_leaving_a_namespace_again_and_again_is_paid_for(
    open_socket: Open, namespace: str, auth: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = 0
    from_token = authenticator().from_token

    def counted(self: HallAuthenticator, token: str) -> Any:
        nonlocal looked_up
        looked_up += 1
        return from_token(token)

    monkeypatch.setattr(HallAuthenticator, "from_token", counted)
    monkeypatch.setattr(holding, "FIRST_WAIT_SECONDS", 10.0)  # longer than `entered` waits
    client = await open_socket()
    for _ in range(200):
        answer = await entered(client, namespace, **auth)
        if answer.get("data", {}).get("code") == "RATE_LIMITED":
            break
    else:
        raise AssertionError("All of them were let through.")
    assert looked_up < 100


async def test_trying_tokens_as_a_first_message_is_paid_for_before_they_are_looked_up(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = 0

    def from_token(self: HallAuthenticator, token: str) -> Any:
        nonlocal looked_up
        looked_up += 1
        raise Unauthenticated

    client = await connect("/halls")
    await client.ready()
    monkeypatch.setattr(HallAuthenticator, "from_token", from_token)
    for number in range(100):
        await client.send({"requestId": f"{number}", "type": "auth", "payload": {"token": "x"}})
    await client.wait(lambda frame: frame.get("error", {}).get("code") == "RATE_LIMITED")
    assert looked_up <= 60


async def test_a_try_counts_for_the_connection_and_for_nobody_else(hub: Hub) -> None:
    assert hub.limiter is not None
    first, second = (hub.limiter.connection(ADDRESS) for _ in range(2))
    assert _tries(first) == 60
    await second.charge(ANONYMOUS, 30)


def _tries(limits: ConnectionLimits) -> int:
    tries = 0
    with contextlib.suppress(RateLimited):
        while tries < 100:
            limits.attempt()
            tries += 1
    return tries


def test_the_most_rooms_cost_less_than_the_smallest_burst() -> None:
    values = RealtimeSettings(authenticator="")
    smallest = min(values.connection_points_burst, values.user_points_burst, values.anonymous_points_burst_per_address)
    assert 1 + cost_of_rooms(values.max_rooms_per_session) <= smallest


@pytest.fixture
def somewhere(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every connection comes from ADDRESS."""
    limiter = hub.limiter
    assert limiter is not None
    here = limiter.connection
    monkeypatch.setattr(limiter, "connection", lambda address: here(ADDRESS))


@pytest.mark.parametrize("token", ["a token", "a ticket"])
@pytest.mark.parametrize("door", ["json", "events", "socket.io"])
async def test_credentials_that_are_no_good_are_looked_up_so_often_from_an_address(
    door: str, token: str, connect: Connect, open_socket: Open, somewhere: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every try is a connection of its own, which has all its points."""
    looked_up = 0

    def no_good(*given: Any) -> Any:
        nonlocal looked_up
        looked_up += 1
        raise Unauthenticated

    monkeypatch.setattr(HallAuthenticator, "from_token", no_good)
    monkeypatch.setattr(tickets, "redeem", no_good)
    monkeypatch.setattr(holding, "FIRST_WAIT_SECONDS", 10.0)
    is_token, tries = token == "a token", 60
    for _ in range(tries):
        if door == "json":
            client = await connect("/halls", "" if is_token else "ticket=x", token="x" if is_token else None)
            await client.ended()
        elif door == "events":
            headers = {"Authorization": "Bearer x"} if is_token else {}
            await ask(f"/events/?rooms=hall:1{'' if is_token else '&ticket=x'}", headers=headers, client=ADDRESS)
        else:
            socket = await open_socket()
            answer = await entered(socket, "/halls", **{"token" if is_token else "ticket": "x"})
            await socket.close()
            if answer["data"]["code"] == "RATE_LIMITED":
                break
    assert 25 <= looked_up < tries


async def test_who_is_let_in_costs_the_address_nothing(connect: Connect, somewhere: None) -> None:
    for _ in range(40):
        client = await connect("/halls", token="7")
        await client.ready()
        await client.close()


async def test_commands_for_a_full_inbox_are_paid_for(connect: Connect, hub: Hub) -> None:
    client = await connect("/halls", token="7")
    await client.ready()
    [connection] = hub.connections.values()
    [session] = connection.sessions.values()
    answers: list[Any] = []
    session._opened = False  # nothing is worked on
    for number in range(hub.settings.inbox_limit + 200):
        session.submit(Request(name="session:ping", payload=None, request_id=f"{number}", answer=answers.append))
    assert {answer.error["code"] for answer in answers} == {"RATE_LIMITED"}
    assert await client.ended() == CloseCode.ABUSE
