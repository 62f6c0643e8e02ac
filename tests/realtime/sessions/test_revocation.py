"""A permission that ends takes effect at once, and while somebody is on the way in."""

import asyncio
from typing import Any

import pytest

import realtime
from realtime.errors import CloseCode
from realtime.hub import Hub
from realtime.log.auto_rooms import refresh_rooms
from realtime.log.retention import begin_new_epoch
from realtime.models import Lease
from realtime.rooms import Room
from realtime.sessions.session import Session
from tests.realtime.app.events import HallRoom, Said, VaultRoom
from tests.realtime.halls import Connect, connect, hub

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)

VAULT = VaultRoom(1)


def note(name: str) -> None:
    Lease.objects.get_or_create(name=name, defaults={"holder": "test", "expires_at": "2030-01-01T00:00:00Z"})


def give_key(user_id: int) -> None:
    note(f"key:1:{user_id}")


def take_key(user_id: int, reason: str = "") -> None:
    with realtime.atomic():
        Lease.objects.filter(name=f"key:1:{user_id}").delete()
        realtime.revoke(user=user_id, room=VAULT, reason=reason)


async def say(text: str, room: Any = VAULT) -> None:
    await realtime.aemit(room, Said(text=text))


async def test_who_loses_a_room_hears_nothing_after_that(connect: Connect, hub: Hub) -> None:
    for user_id in (1, 2):
        await hub.handlers.run(give_key, user_id)
    kept, lost = await connect(token="1"), await connect(token="2")
    for client in (kept, lost):
        await client.tell("room:subscribe", {"room": VAULT.name})
    await say("before")
    await hub.handlers.run(take_key, 2, "kicked")
    await say("after")
    left = await lost.event("room:left")
    await kept.wait(lambda frame: frame.get("payload", {}).get("text") == "after")
    assert (left["room"], left["payload"]) == (VAULT.name, {"reason": "kicked"})
    assert lost.texts() == ["before"]
    assert (await lost.ask("room:subscribe", {"room": VAULT.name}))["error"]["code"] == "NOT_FOUND"


async def test_a_revocation_that_was_lost_with_its_history_is_made_good(connect: Connect, hub: Hub) -> None:
    for user_id in (1, 2):
        await hub.handlers.run(give_key, user_id)
    kept, lost = await connect(token="1"), await connect(token="2")
    for client in (kept, lost):
        await client.tell("room:subscribe", {"room": VAULT.name})
    await hub.handlers.run(Lease.objects.filter(name="key:1:2").delete)
    await say("of the old history")
    await hub.handlers.run(begin_new_epoch)
    await kept.event("room:reset")
    await lost.event("room:left")
    await say("after")
    await kept.wait(lambda frame: frame.get("payload", {}).get("text") == "after")
    assert "after" not in lost.texts()


async def test_guests_are_asked_about_once_a_second_and_again_after_a_revocation(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    from realtime.hub import authorizer as module

    await hub.handlers.run(note, "key:1:None")
    asked: list[Any] = []
    authorise = module.authorise_many
    monkeypatch.setattr(module, "authorise_many", lambda *args: asked.append(args) or authorise(*args))
    monkeypatch.setattr(module, "_KEPT_SECONDS", 60.0)
    guests = [await connect() for _ in range(5)]
    for guest in guests:
        await guest.tell("room:subscribe", {"room": VAULT.name})
    assert len(asked) == 1
    await hub.handlers.run(_close_vault)
    for guest in guests:
        await guest.event("room:left")
    assert (await (await connect()).ask("room:subscribe", {"room": VAULT.name}))["error"]["code"] == "NOT_FOUND"


def _close_vault() -> None:
    with realtime.atomic():
        Lease.objects.filter(name="key:1:None").delete()
        realtime.revoke(room=VAULT)


async def test_who_keeps_a_room_misses_nothing_by_being_asked_again(connect: Connect, hub: Hub) -> None:
    await hub.handlers.run(give_key, 1)
    client = await connect(token="1")
    await client.tell("room:subscribe", {"room": VAULT.name})
    await asyncio.gather(*[say(str(number)) for number in range(5)], hub.handlers.run(_ask_everybody_again))
    await say("end")
    await client.wait(lambda frame: frame.get("payload", {}).get("text") == "end")
    seqs = [event["seq"] for event in client.events(VAULT.name)]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
    assert len([text for text in client.texts(VAULT.name) if text]) == 6


def _ask_everybody_again() -> None:
    with realtime.atomic():
        realtime.revoke(room=VAULT)


@pytest.fixture
def late_answer(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Keeps the answers to joins back until it is set: the grant has been given, the room's place is known."""
    found = asyncio.Event()
    count_in = Session.count_in

    async def count_in_late(self: Session, room: Room) -> dict[str, Any]:
        await found.wait()
        return await count_in(self, room)

    monkeypatch.setattr(Session, "count_in", count_in_late)
    return found


async def test_being_asked_again_before_the_answer_lets_nothing_come_before_the_answer(
    connect: Connect, hub: Hub, late_answer: asyncio.Event
) -> None:
    client = await connect("/foyer", token="1")
    await client.ready()
    joining = asyncio.create_task(client.tell("hall:join", {"hallId": 3}))
    [session] = hub.sessions()
    while session.grant(HallRoom(3)) is None:  # noqa: ASYNC110  # nothing announces it
        await asyncio.sleep(0)
    await hub.handlers.run(_revoke_hall)
    while hub.rooms["hall:3"].seq == 0 or session._rooms._rechecking:  # noqa: ASYNC110  # nothing announces it
        await asyncio.sleep(0)
    await say("early", HallRoom(3))
    await say("heard", HallRoom(1))
    await client.wait(lambda frame: frame.get("payload", {}).get("text") == "heard")
    assert client.events("hall:3") == []
    late_answer.set()
    position = (await joining)["position"]
    await client.wait(lambda frame: frame.get("payload", {}).get("text") == "early", anywhere=True)
    assert [event["seq"] for event in client.events("hall:3")] == [position["seq"] + 1, position["seq"] + 2]


def _revoke_hall() -> None:
    with realtime.atomic():
        realtime.revoke(room=HallRoom(3))


async def test_automatic_rooms_that_come_while_a_join_is_answered_let_nothing_come_before_the_answer(
    connect: Connect, hub: Hub, late_answer: asyncio.Event
) -> None:
    client = await connect("/foyer")
    await client.ready()
    joining = asyncio.create_task(client.tell("hall:join", {"hallId": 3}))
    [session] = hub.sessions()
    while session.grant(HallRoom(3)) is None:  # noqa: ASYNC110  # nothing announces it
        await asyncio.sleep(0)
    await session.refresh_auto_rooms()
    await say("early", HallRoom(3))
    await say("heard", HallRoom(1))
    await client.wait(lambda frame: frame.get("payload", {}).get("text") == "heard")
    assert client.events("hall:3") == []
    late_answer.set()
    await joining
    await client.wait(lambda frame: frame.get("payload", {}).get("text") == "early", anywhere=True)


async def test_a_revocation_while_joining_is_heeded(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    from realtime.hub import authorizer as module

    await hub.handlers.run(give_key, 1)
    client = await connect(token="1")
    await client.ready()
    asked = 0
    authorise = module.authorise_many

    def answer_then_revoke(*args: Any) -> Any:
        nonlocal asked
        asked += 1
        answers = authorise(*args)
        if asked == 1:  # committed after the policy has looked
            asyncio.run_coroutine_threadsafe(hub.handlers.run(take_key, 1), hub.loop).result()
        return answers

    monkeypatch.setattr(module, "authorise_many", answer_then_revoke)
    answer = await client.ask("room:subscribe", {"room": VAULT.name})
    assert answer["error"]["code"] == "NOT_FOUND"
    assert asked == 2


@pytest.mark.parametrize("asked", ["from_tokens", "_still_valid", "_auto_rooms"])
async def test_a_sign_in_that_ends_right_after_it_was_looked_up_opens_nothing_for_long(
    asked: str, connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    from realtime.hub import authorizer as module

    answer = getattr(module, asked)
    ended = False

    def answer_then_end(questions: list[Any]) -> Any:
        nonlocal ended
        answers = answer(questions)
        if not ended:
            ended = True
            asyncio.run_coroutine_threadsafe(hub.handlers.run(_ban, 7), hub.loop).result()
        return answers

    monkeypatch.setattr(module, asked, answer_then_end)
    client = await connect(token="7")
    assert await client.ended() in (CloseCode.REVOKED, CloseCode.UNAUTHENTICATED)
    assert ended


async def test_automatic_rooms_that_change_while_a_session_opens_are_followed(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    from realtime.hub import authorizer as module
    from realtime.namespaces import NAMESPACES

    answer = module._auto_rooms

    def answer_then_change(questions: list[Any]) -> Any:
        answers = answer(questions)
        if len(NAMESPACES["/foyer"].auto_rooms(questions[0][1])) == 2:
            monkeypatch.setattr(NAMESPACES["/foyer"], "auto_rooms", lambda identity: [HallRoom(3)])
            asyncio.run_coroutine_threadsafe(hub.handlers.run(refresh_rooms, 7), hub.loop).result()
        return answers

    monkeypatch.setattr(module, "_auto_rooms", answer_then_change)
    client = await connect("/foyer", token="7")
    assert set((await client.event("rooms:entered"))["payload"]["rooms"]) == {"hall:3"}


async def test_a_banned_person_is_shown_the_door_on_every_connection(connect: Connect, hub: Hub) -> None:
    first, second, other = await connect(token="7"), await connect(token="7"), await connect(token="8")
    for client in (first, second, other):
        await client.ready()
    await hub.handlers.run(_ban, 7)
    assert [await first.ended(), await second.ended()] == [CloseCode.REVOKED, CloseCode.REVOKED]
    assert (await first.event("bye"))["payload"]["reason"] == "banned"
    assert (await other.ask("session:ping"))["success"]


def _ban(user_id: int) -> None:
    with realtime.atomic():
        note(f"banned:{user_id}")
        realtime.revoke(user=user_id, reason="banned")


async def test_ending_one_sign_in_keeps_the_others(connect: Connect, hub: Hub) -> None:
    ended, kept = await connect(token="7"), await connect(token="7:until:99999999999999")
    for client in (ended, kept):
        await client.ready()
    await hub.handlers.run(_sign_out)
    assert await ended.ended() == CloseCode.REVOKED
    assert (await kept.ask("session:ping"))["success"]


def _sign_out() -> None:
    with realtime.atomic():
        realtime.revoke(user=7, credential="jwt:7", reason="signed out")


async def test_a_sign_in_that_expires_is_announced_and_then_ended(connect: Connect, hub: Hub) -> None:
    client = await connect(token=f"7:until:{hub.now_ms() + 300}")
    await client.event("auth:expiring")
    assert await client.ended() == CloseCode.TOKEN_EXPIRED


async def test_a_fresh_token_of_the_same_person_prolongs_the_stay(connect: Connect, hub: Hub) -> None:
    client = await connect(token=f"7:until:{hub.now_ms() + 400}")
    expires = hub.now_ms() + 3_600_000
    assert (await client.ask("auth:refresh", {"token": "8"}))["error"]["code"] == "FORBIDDEN"
    assert await client.tell("auth:refresh", {"token": f"7:until:{expires}"}) == {"expiresAt": expires}
    await asyncio.sleep(0.6)  # until after the first expiry: nothing must happen then
    assert (await client.ask("session:ping"))["success"]


async def test_open_sessions_follow_when_their_automatic_rooms_change(connect: Connect, hub: Hub) -> None:
    from realtime.namespaces import NAMESPACES

    foyer = NAMESPACES["/foyer"]
    client = await connect("/foyer", token="7")
    await client.ready()
    before = foyer.auto_rooms
    foyer.auto_rooms = lambda identity: [HallRoom(2), HallRoom(3)]
    try:
        await hub.handlers.run(refresh_rooms, 7)
        entered = await client.event("rooms:entered")
    finally:
        foyer.auto_rooms = before
    assert set(entered["payload"]["rooms"]) == {"hall:3"}
    await say("one", HallRoom(1))
    await say("three", HallRoom(3))
    await client.wait(lambda frame: frame.get("payload", {}).get("text") == "three")
    assert client.texts("hall:1") == []


async def test_a_namespace_for_members_waits_for_the_first_message_to_sign_in(connect: Connect, hub: Hub) -> None:
    client = await connect("/members")
    refused = await client.ask("session:ping")
    assert refused["error"]["code"] == "UNAUTHENTICATED"
    await client.send({"requestId": "a", "type": "auth", "payload": {"token": "7"}})
    assert (await client.ready())["userId"] == 7


async def test_who_does_not_sign_in_in_time_must_leave(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    import msgspec

    monkeypatch.setattr(hub, "settings", msgspec.structs.replace(hub.settings, auth_deadline_seconds=0.05))
    client = await connect("/members")
    assert await client.ended() == CloseCode.UNAUTHENTICATED
    assert (await client.event("error"))["payload"]["code"] == "UNAUTHENTICATED"


async def test_an_anonymous_session_may_sign_in_later(connect: Connect, hub: Hub) -> None:
    client = await connect("/halls")
    assert (await client.ready())["userId"] is None
    await client.send({"requestId": "a", "type": "auth", "payload": {"token": "7"}})
    assert (await client.ready())["userId"] == 7
    assert not hub.rooms["user:7"].empty_since


async def test_an_unknown_namespace_is_refused(connect: Connect) -> None:
    client = await connect("/nowhere")
    assert await client.ended() == CloseCode.PROTOCOL_ERROR
