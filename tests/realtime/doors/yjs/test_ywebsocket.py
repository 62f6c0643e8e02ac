"""The door for `y-websocket`: what it gives, takes and refuses, and with which code."""

import asyncio
import random
from base64 import b64decode

import pytest

from realtime.documents.part import documents_here
from realtime.documents.queue import MAX_UPDATE_BYTES
from realtime.doors.yjs import consumer
from realtime.doors.yjs.messages import MAX_MESSAGE_BYTES, NOBODY, Sync, sync
from realtime.hub import Hub
from realtime.models import Lease
from tests.realtime.app.papers import BEGINNING, PaperRoom
from tests.realtime.documents.writers import Writer
from tests.realtime.doors.yjs.clients import Bare, Knock, hub, knock, name_of
from tests.realtime.halls import Connect, connect
from tests.realtime.hub.hall import until

__all__ = ["connect", "hub", "knock"]

pytestmark = pytest.mark.django_db(transaction=True)

CURSOR = {"anchor": {"tname": "text", "assoc": 0}, "head": {"tname": "text", "assoc": -1}}


async def test_a_copy_is_opened_changed_and_heard_of_beside_the_json_door(connect: Connect, knock: Knock) -> None:
    ours = await Writer.join(connect, 7)
    one, other = await knock(user=8), await knock(user=9)
    for client in (one, other):
        await client.synced()
        assert client.text == BEGINNING
    await one.write(" Ünïcödé 🐋.")
    await other.hears("🐋")
    await ours.sees("🐋")
    await ours.write(" And ours.")
    await one.hears("And ours.")
    await other.hears("And ours.")
    assert one.text == other.text == ours.text
    # The writer gets nothing of its own back.
    assert sum(frame.startswith(b"\x00\x02") for frame in one.frames) == 1


async def test_the_server_speaks_first_and_says_who_points_where(connect: Connect, knock: Knock) -> None:
    first = await knock(user=8)
    assert (await first.next()).startswith(b"\x00\x00")
    assert await first.next() == NOBODY
    await first.point((5, 1, {"cursor": CURSOR}))
    await until(lambda: documents_here().open(PaperRoom(1)).carets.now())
    second = await knock(user=9)
    presence = await second.caret(5)
    user = {"id": 8, "name": "Guest 8", "username": "guest8", "color": presence.state["user"]["color"]}
    assert presence == (5, 1, {"user": user, "cursor": CURSOR})
    await second.send(b"\x03")
    assert (await second.caret(5)).clock == 1


async def test_what_was_written_offline_comes_with_the_next_connection(knock: Knock) -> None:
    one, other = await knock(user=8), await knock(user=9)
    await one.synced()
    await other.synced()
    await one.leave(1006)
    one.type(" Offline.")
    again = await knock(user=8)
    again.doc = one.doc
    vector = await again.synced()
    assert vector
    await other.hears("Offline.")


async def test_who_only_reads_is_told_and_ends_for_good(knock: Knock) -> None:
    reader, writer = await knock(user=95), await knock(user=8)
    await reader.synced()
    await writer.synced()
    await writer.write(" On.")
    await reader.hears("On.")
    assert reader.closed is None, "a copy that holds nothing new is welcome"
    await reader.write(" Off.")
    assert (await reader.next(lambda frame: frame[:1] == b"\x02")).startswith(b"\x02\x00")
    assert await reader.end() == 4403
    late = await knock(user=8)
    await late.synced()
    assert late.text == BEGINNING + " On."


async def test_who_only_reads_may_not_delete_either(knock: Knock) -> None:
    writer = await knock(user=8)
    await writer.synced()
    await writer.write("abc")
    await writer.send(sync(Sync.UPDATE, writer.delete(0, 3)))
    reader = await knock(user=95)
    await reader.synced()
    assert reader.closed is None, "what it says is deleted was deleted by others"
    await reader.send(sync(Sync.UPDATE, reader.delete(3, 4)))
    assert await reader.end() == 4403


async def test_an_editor_of_another_schema_may_only_read(knock: Knock) -> None:
    client = await knock(f"/yjs/{await name_of(schema=2)}", user=8)
    await client.synced()
    await client.write("x")
    assert await client.end() == 4403


async def test_who_names_another_copy_is_told_the_present_one_and_gets_nothing(knock: Knock) -> None:
    name = await name_of()
    for path in ("/yjs/paper:1", "/yjs/paper:1@0123456789abcdef.1"):
        client = await knock(path, user=8)
        await client.send(sync(Sync.STEP_1, b"\0"))
        assert await client.end() == 4409
        assert name in client.reason
        assert [frame[:2] for frame in client.frames] == [b"\x02\x00"], "no word of the document"


@pytest.mark.parametrize(
    "path",
    ["hall:1", "paper:01", "paper:1@", "paper:1@x.1", "paper:1@ab", "paper:1@ab.01", "nonsense", "paper:1@AB.1", "a/b"],
)
async def test_what_is_no_document_is_not_found(knock: Knock, path: str) -> None:
    assert await (await knock(f"/yjs/{path}", user=8)).end() == 4404


async def test_nobody_in_particular_is_asked_to_sign_in(knock: Knock) -> None:
    client = await knock()
    assert await client.end() == 4401
    assert "paper" not in client.reason, "not what the copy is called"


@pytest.mark.parametrize(("token", "code"), [("7:expired", 4500), ("x", 4401)])
async def test_a_token_that_is_no_good_ends_it_an_expired_one_for_now(hub: Hub, token: str, code: int) -> None:
    client = await Bare.at(f"/yjs/{await name_of()}", token=token)
    assert await client.end() == code


async def test_a_cookie_counts_from_our_own_pages_alone(hub: Hub) -> None:
    for origin, code in (("http://localhost", None), ("http://evil.example", 4403)):
        headers = {"Host": "localhost", "Origin": origin, "Cookie": "sessionid=8"}
        client = await Bare.at(f"/yjs/{await name_of()}", headers=headers)
        if code is None:
            await client.synced()
            await client.leave()
        else:
            assert await client.end() == code


async def test_a_mark_that_the_document_does_not_have_ends_the_connection(knock: Knock) -> None:
    client = await knock(user=8)
    await client.synced()
    await client.send(sync(Sync.UPDATE, client.mark("blink")))
    assert await client.end() == 4400


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("text", 4400),
        (b"", 4400),
        (b"\x00", 4400),
        (b"\x00\x03\x00", 4400),
        (b"\x00\x02\x05\x00", 4400),
        (b"\x00\x02\x00\x00", 4400),
        (b"\x00\x02\x02\x01\x01", 4400),
        (b"\x00\x00\x01\x05", 4400),
        (b"\x01\x02\x01\x01", 4400),
        (b"\x02\x00\x00", 4400),
        (b"\x04", 4400),
        (b"\x05\x00", 4400),
        (b"\x80\x00", 4400),
        (b"\xff" * 20, 4400),
        (sync(Sync.UPDATE, bytes(MAX_UPDATE_BYTES + 1)), 4413),
        (bytes(MAX_MESSAGE_BYTES + 1), 4413),
    ],
)
async def test_what_no_client_writes_ends_its_own_connection(knock: Knock, message: str | bytes, code: int) -> None:
    one, other = await knock(user=8), await knock(user=9)
    await one.synced()
    await other.synced()
    await one.send(message)
    assert await one.end() == code
    await other.write("!")
    third = await knock(user=8)
    await third.synced()
    assert third.text.endswith("!")


async def test_who_lacks_something_is_asked_for_all_of_it(knock: Knock) -> None:
    one, other = await knock(user=8), await knock(user=9)
    await one.synced()
    await other.synced()
    one.type(" Lost.")
    await one.write(" Later.")
    vector = await one.step(Sync.STEP_1)
    await one.write(" Latest.")
    await one.send(sync(Sync.STEP_2, one.doc.get_update(vector)))
    await other.hears("Lost. Later. Latest.")


async def test_who_never_sends_what_is_missing_begins_anew(knock: Knock) -> None:
    one = await knock(user=8)
    await one.synced()
    one.type("hole")
    hollow = one.type("behind")
    for _ in range(4):
        await one.send(sync(Sync.STEP_2, hollow))
    assert await one.end() == 4012


async def test_a_permission_that_ends_ends_the_connection(knock: Knock, hub: Hub) -> None:
    one = await knock(user=8)
    await one.synced()
    await Lease.objects.acreate(name="banned:8", holder="x", expires_at="2099-01-01T00:00:00Z")
    await asyncio.gather(*(session.recheck_identity("Gone.") for session in hub.sessions()))
    assert await one.end() == 4403
    assert one.reason == "Gone."


async def test_a_pen_that_is_taken_away_is_gone_with_the_next_letter(knock: Knock) -> None:
    one = await knock(user=8)
    await one.synced()
    await Lease.objects.acreate(name="barred:8", holder="x", expires_at="2099-01-01T00:00:00Z")
    await one.write("x")
    assert await one.end() == 4403


async def test_an_empty_awareness_keeps_a_quiet_connection(knock: Knock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "BEAT_SECONDS", 0.01)
    one = await knock(user=8)
    await one.synced()
    seen = one.frames.count(NOBODY)
    await until(lambda: one.frames.count(NOBODY) > seen + 2)


async def test_carets_are_their_owners_and_go_with_them(knock: Knock) -> None:
    one, other = await knock(user=8), await knock(user=9)
    await one.synced()
    await other.synced()
    await one.point((5, 1, {"cursor": CURSOR, "user": {"name": "Somebody Else", "color": "red"}, "more": "x"}))
    seen = await other.caret(5)
    assert seen.state is not None
    assert (seen.state["user"]["name"], set(seen.state)) == ("Guest 8", {"user", "cursor"})
    # As y-websocket does: it says again what it hears of others.
    await other.point((6, 1, {"cursor": None}), (5, 9, None), (5, 9, {"cursor": None}))
    await one.caret(6)
    assert {caret.client_id: caret.clock for caret in documents_here().open(PaperRoom(1)).carets.now()} == {5: 1, 6: 1}
    await other.point((7, 1, {"cursor": None}))
    await one.leave(1006)
    assert (await other.caret(5)) == (5, 1, None)
    await other.point((5, 1, None))
    back = await knock(user=8)
    await back.synced()
    await back.point((5, 2, {"cursor": None}))
    assert (await other.caret(5)).clock == 2


async def test_a_burst_of_changes_waits_and_none_is_refused(knock: Knock) -> None:
    one, other = await knock(user=8), await knock(user=9)
    await one.synced()
    await other.synced()
    for number in range(40):
        await one.write(f" {number}")
    await other.hears(" 39")
    assert one.closed is None
    assert other.text == one.text


async def test_a_large_paste_arrives_whole(connect: Connect, knock: Knock) -> None:
    ours = await Writer.join(connect, 7)
    one, other = await knock(user=8), await knock(user=9)
    await one.synced()
    await other.synced()
    await one.write("🐋" * 130_000)
    await other.hears("🐋")
    frame = await ours.client.event("paper:update")
    ours.doc.apply_update(b64decode(frame["payload"]["update"]))
    assert one.text == other.text == ours.text


async def test_noise_ends_nothing_but_its_own_connection(knock: Knock) -> None:
    """Frames of a stock client, each with something changed by chance."""
    watcher = await knock(user=9)
    await watcher.synced()
    chance = random.Random(7)
    writer = await knock(user=8)
    await writer.synced()
    good = [
        sync(Sync.STEP_1, writer.doc.get_state()),
        sync(Sync.STEP_2, writer.doc.get_update()),
        sync(Sync.UPDATE, writer.type(" more")),
        b"\x01\x10" + bytes(16),
        b"\x03",
    ]
    for _ in range(60):
        frame = bytearray(chance.choice(good))
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(frame))
            frame[at : at + chance.randint(0, 2)] = chance.randbytes(chance.randint(0, 3))
            frame = frame or bytearray(1)
        one = await knock(user=8)
        await one.send(bytes(frame))
        await one.send(b"\x03")
        await until(lambda one=one: one.closed is not None or len(one.frames) > 2)
        assert one.closed in (None, 4400, 4403, 4413), frame
        await one.leave()
    mine = await knock(user=8)
    await mine.synced()
    await mine.write(" The end.")
    await watcher.hears("The end.")
