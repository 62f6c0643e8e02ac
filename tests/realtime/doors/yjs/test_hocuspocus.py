"""The door for `@hocuspocus/provider`: several documents on one connection, acknowledged when they are committed."""

import asyncio
import dataclasses
import json
import random
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from realtime.documents import lib0
from realtime.documents.lib0 import Reader
from realtime.documents.part import OpenDocument, documents_here
from realtime.documents.queue import MAX_UPDATE_BYTES
from realtime.doors.yjs import consumer, hocuspocus
from realtime.doors.yjs.messages import Sync, sync
from realtime.doors.yjs.wire import Apart
from realtime.errors import Unavailable
from realtime.hub import Hub
from realtime.log.reading import Head
from realtime.models import Lease
from realtime.people.limits.limiter import Limiter
from realtime.servers.serving import drain
from realtime.sessions.tickets import issue_ticket
from tests.realtime.app.authenticator import HallAuthenticator
from tests.realtime.app.papers import BEGINNING, PaperRoom
from tests.realtime.documents.writers import Writer
from tests.realtime.doors.yjs.clients import Bare, Knock, Provider, hub, knock, name_of
from tests.realtime.halls import Connect, connect
from tests.realtime.hub.hall import until

__all__ = ["connect", "hub", "knock"]

pytestmark = pytest.mark.django_db(transaction=True)

SAVED, NOT_SAVED = b"\x08\x01", b"\x08\x00"
CURSOR = {"anchor": {"tname": "text", "assoc": 0}, "head": {"tname": "text", "assoc": -1}}


async def door(knock: Knock, **options: Any) -> Bare:
    return await knock("/hocuspocus", **options)


async def test_a_document_is_opened_written_and_acknowledged(connect: Connect, knock: Knock) -> None:
    ours = await Writer.join(connect, 7)
    one, other = Provider(await door(knock), await name_of()), Provider(await door(knock), await name_of())
    stock = await knock(user=9)
    await stock.synced()
    assert await one.sign_in("8") == "read-write"
    await one.opened("8")
    assert await other.sign_in("95") == "readonly"
    await other.opened("95")
    assert one.text == BEGINNING
    saved = one.count(SAVED)
    await one.write(" Ünïcödé 🐋.")
    await one.next(lambda frame: frame == SAVED)
    assert one.count(SAVED) == saved + 1
    await other.hears("🐋")
    await stock.hears("🐋")
    await ours.sees("🐋")
    await ours.write(" Ours.")
    await stock.write(" Theirs.")
    await one.hears("Theirs.")
    await one.hears("Ours.")


async def test_what_comes_before_the_token_is_not_taken(knock: Knock) -> None:
    one = Provider(await door(knock), await name_of())
    await one.send(sync(Sync.STEP_1, b"\0"))
    await one.send(b"\x03")
    await one.send(sync(Sync.UPDATE, b"\0\0"))
    assert await one.next() == NOT_SAVED
    await one.opened("8")
    assert one.text == BEGINNING


async def test_who_only_reads_gets_no_saved_for_a_change(knock: Knock) -> None:
    one = Provider(await door(knock), await name_of())
    await one.opened("95")
    await one.write("x")
    assert await one.next() == NOT_SAVED
    assert one.carrier.closed is None


async def test_each_document_has_a_sign_in_of_its_own_and_a_refusal_leaves_the_others(knock: Knock) -> None:
    carrier = await door(knock)
    good = Provider(carrier, await name_of())
    await good.opened("8")
    name = await name_of()
    for address, token, word in (
        ("hall:1", "8", "no such"),
        ("nonsense", "8", "no such"),
        (await name_of(2), "x", "sign in"),
        (await name_of(2), "8:expired", "expired"),
        (await name_of(2), "", "sign in"),
        ("paper:1", "8", name),
        ("paper:1@0123456789abcdef.1", "8", name),
    ):
        assert word in await Provider(carrier, address).sign_in(token)
    again = Provider(carrier, await name_of(2))
    assert await again.sign_in("9") == "read-write"
    await good.write("!")
    await good.next(lambda frame: frame == SAVED)


async def test_a_cookie_or_a_ticket_lets_in_where_there_is_no_token(hub: Hub, knock: Knock) -> None:
    headers = {"Host": "localhost", "Origin": "http://localhost", "Cookie": "sessionid=8"}
    carrier = await door(knock, headers=headers)
    assert await Provider(carrier, await name_of()).sign_in("") == "read-write"
    assert await Provider(carrier, await name_of(2)).sign_in("") == "read-write"
    ticket = await sync_to_async(issue_ticket)(HallAuthenticator().from_token("8"))
    other = await door(knock)
    assert await Provider(other, await name_of()).sign_in(f"ticket:{ticket}") == "read-write"
    assert "not valid" in await Provider(other, await name_of(2)).sign_in(f"ticket:{ticket}")
    ticket = await sync_to_async(issue_ticket)(HallAuthenticator().from_token("8"))
    by_address = await door(knock, query=f"ticket={ticket}")
    for paper in (1, 2):
        assert await Provider(by_address, await name_of(paper)).sign_in("") == "read-write"


async def test_two_copies_of_one_document_on_one_connection_hear_each_other(knock: Knock) -> None:
    carrier = await door(knock)
    name = await name_of()
    one, two, plain = Provider(carrier, f"{name}\0a"), Provider(carrier, f"{name}\0b"), Provider(carrier, name)
    for copy in (one, two, plain):
        await copy.opened("8")
    await one.write(" From one.")
    await two.hears("From one.")
    await plain.hears("From one.")
    await plain.write(" From plain.")
    await one.hears("From plain.")
    await one.point((5, 1, {"cursor": CURSOR}))
    assert (await two.caret(5)).state is not None
    await one.send(b"\x07")
    assert (await two.caret(5)) == (5, 1, None)


async def test_a_token_that_is_renewed_and_one_of_somebody_else(knock: Knock) -> None:
    one = Provider(await door(knock), await name_of())
    await one.opened("8")
    assert await one.sign_in("8:again") == "read-write"
    assert "somebody else" in await one.sign_in("9")
    await one.write("x")
    assert await one.next(lambda frame: frame in (SAVED, NOT_SAVED)) == NOT_SAVED
    assert await one.sign_in("8") == "read-write"


async def test_a_sign_in_that_ends_asks_for_a_token_and_ends_one_document(hub: Hub, knock: Knock) -> None:
    carrier = await door(knock)
    lasting, ending = Provider(carrier, await name_of()), Provider(carrier, await name_of(2))
    await lasting.opened("8")
    until_ms = hub.now_ms() + 500
    assert await ending.sign_in(f"8:until:{until_ms}") == "read-write"
    assert ending.count(b"\x02\x00") == 1
    assert await ending.sign_in(f"8:until:{until_ms}") == "read-write"
    assert ending.count(b"\x02\x00") == 1, "it has no other"
    assert await ending.next(lambda frame: frame[:1] == b"\x07")
    await lasting.write("!")
    await lasting.next(lambda frame: frame == SAVED)


async def test_a_permission_that_ends_is_said_and_nothing_more_comes(hub: Hub, knock: Knock) -> None:
    one, other = Provider(await door(knock), await name_of()), Provider(await door(knock), await name_of())
    await one.opened("8")
    await other.opened("9")
    await Lease.objects.acreate(name="banned:8", holder="x", expires_at="2099-01-01T00:00:00Z")
    await asyncio.gather(*(session.recheck_identity("Gone.") for session in hub.sessions()))
    assert Reader((await one.next(lambda frame: frame[:2] == b"\x02\x01"))[2:]).text() == "Gone."
    assert await one.next() == b"\x07" + lib0.text("Gone.")
    seen = len(one.carrier.frames)
    await other.write("!")
    await other.next(lambda frame: frame == SAVED)
    await one.send(sync(Sync.STEP_1, b"\0"))
    await one.send(sync(Sync.UPDATE, b"\0\0"))
    assert await one.next() == NOT_SAVED
    assert len(one.carrier.frames) == seen + 1


async def test_what_is_missing_is_asked_for_and_acknowledged_with_the_whole(knock: Knock) -> None:
    one, other = Provider(await door(knock), await name_of()), Provider(await door(knock), await name_of())
    await one.opened("8")
    await other.opened("9")
    one.type(" Lost.")
    await one.write(" Later.")
    assert await one.next() == NOT_SAVED
    vector = await one.step(Sync.STEP_1)
    saved = one.count(SAVED)
    await one.send(sync(Sync.STEP_2, one.doc.get_update(vector)))
    await one.next(lambda frame: frame == SAVED)
    assert one.count(SAVED) == saved + 1
    await other.hears("Lost. Later.")


async def test_what_cannot_be_in_the_document_refuses_the_copy_alone(knock: Knock) -> None:
    carrier = await door(knock)
    one, other = Provider(carrier, await name_of()), Provider(carrier, await name_of(2))
    await one.opened("8")
    await other.opened("8")
    for data in (b"\xff", one.mark("blink"), bytes(MAX_UPDATE_BYTES + 1), bytes(MAX_UPDATE_BYTES + 2000)):
        await one.send(sync(Sync.UPDATE, data))
        await one.next(lambda frame: frame[:2] == b"\x02\x01")
        assert await one.sign_in("8") == "read-write"
    await other.write("!")
    await other.next(lambda frame: frame == SAVED)


async def test_stateless_messages_are_not_carried(knock: Knock) -> None:
    one = Provider(await door(knock), await name_of())
    await one.opened("8")
    await one.send(b"\x05" + lib0.text("hello"))
    frame = await one.next(lambda frame: frame[:1] == b"\x05")
    assert json.loads(Reader(frame[1:]).text())["code"] == "UNKNOWN_COMMAND"


@pytest.mark.parametrize(
    "message", ["text", b"", b"\x09", b"\x01a\x06\x00", b"\x01a\x04\x00", b"\x01a\x08\x01", b"\xff"]
)
async def test_what_no_client_writes_ends_its_connection(knock: Knock, message: str | bytes) -> None:
    carrier = await door(knock)
    await carrier.send(message)
    assert await carrier.end() == 4509


async def test_a_ping_keeps_a_quiet_connection_and_its_answer_is_taken(
    knock: Knock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "BEAT_SECONDS", 0.01)
    carrier = await door(knock)
    await until(lambda: carrier.frames.count(b"\x09") > 2)
    await carrier.send(b"\x0a")
    assert await Provider(carrier, await name_of()).sign_in("8") == "read-write"


async def test_a_connection_without_a_document_ends_in_time(knock: Knock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hocuspocus, "IDLE_SECONDS", 0.2)
    assert await (await door(knock)).end() == 4009
    carrier = await door(knock)
    one = Provider(carrier, await name_of())
    await one.opened("8")
    await asyncio.sleep(0.3)
    assert carrier.closed is None
    await one.send(b"\x07")
    assert await carrier.end() == 4009


async def test_a_connection_has_so_many_documents(knock: Knock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hocuspocus, "MAX_DOCUMENTS", 2)
    carrier = await door(knock)
    first = Provider(carrier, await name_of())
    assert await first.sign_in("8") == "read-write"
    assert await Provider(carrier, await name_of(2)).sign_in("8") == "read-write"
    assert "at most 2" in await Provider(carrier, await name_of(3)).sign_in("8")
    await first.send(b"\x07")
    assert await Provider(carrier, await name_of(3)).sign_in("8") == "read-write"


async def test_an_unknown_session_is_kept_in_no_rooms_memory(knock: Knock, hub: Hub) -> None:
    """Addresses are the client's choice: what is written for each is made when it is sent."""
    carrier = await door(knock)
    copies = [Provider(carrier, f"{await name_of()}\0{number}") for number in range(3)]
    for copy in copies:
        await copy.opened("8")
    await copies[0].write("x" * 10_000)
    await copies[1].hears("xxx")
    [delivery] = hub.rooms[PaperRoom(1).name].ring or ()
    packets = [packet for packet in delivery._packets.values() if isinstance(packet, Apart)]
    assert len(packets) == 3
    assert len({id(packet._body) for packet in packets}) == 1
    assert not any(hasattr(packet, "_frame") for packet in packets)


async def test_noise_ends_nothing_but_its_own_connection(knock: Knock) -> None:
    """Frames of a stock client, each with something changed by chance."""
    name = await name_of()
    watcher, writer = Provider(await door(knock), name), Provider(await door(knock), name)
    await watcher.opened("9")
    await writer.opened("8")
    chance = random.Random(7)
    good = [
        b"\x02\x00" + lib0.text("8") + lib0.text("4.8.0"),
        sync(Sync.STEP_1, writer.doc.get_state()),
        sync(Sync.STEP_2, writer.doc.get_update()),
        sync(Sync.UPDATE, writer.type(" more")),
        b"\x01\x10" + bytes(16),
        b"\x03",
    ]
    for number in range(60):
        one = Provider(await door(knock), name)
        await one.opened(str(10 + number))
        frame = bytearray(one.head + chance.choice(good))
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(frame))
            frame[at : at + chance.randint(0, 2)] = chance.randbytes(chance.randint(0, 3))
            frame = frame or bytearray(1)
        await one.carrier.send(bytes(frame))
        await one.carrier.send(lib0.text("end") + sync(Sync.UPDATE, b""))
        await until(lambda one=one: one.carrier.closed or lib0.text("end") + NOT_SAVED in one.carrier.frames)
        assert one.carrier.closed in (None, 4509), frame
        await one.carrier.leave()
    await writer.opened("8")
    await writer.write(" The end.")
    await watcher.hears("The end.")
    assert documents_here().open(PaperRoom(1)).queue.size > 0


async def test_a_seat_is_taken_by_whom_it_is_for_and_given_back(hub: Hub, knock: Knock) -> None:
    limiter = hub.limiter
    assert isinstance(limiter, Limiter)
    limiter.limits = dataclasses.replace(limiter.limits, seats_per_user=1)
    name = await name_of()
    first = await door(knock)
    assert await Provider(first, name).sign_in("8") == "read-write"
    assert await Provider(first, await name_of(2)).sign_in("8") == "read-write"
    late = await door(knock)
    await late.send(lib0.text(name) + b"\x02\x00" + lib0.text("8"))
    assert await late.end() == 4429
    assert await (await knock(user=8)).end() == 4529
    await first.leave()
    assert await Provider(await door(knock), name).sign_in("8") == "read-write"


async def test_who_comes_while_the_server_leaves_comes_back(hub: Hub, knock: Knock) -> None:
    hub.draining = True
    for path in ("/hocuspocus", "/hocuspocus/any/path", f"/yjs/{await name_of()}"):
        client = await knock(path, user=8)
        assert await client.end() == 4012
        assert client.frames == []


async def test_a_server_that_leaves_sends_everybody_back(hub: Hub, knock: Knock) -> None:
    carrier, stock = await door(knock), await knock(user=9)
    one = Provider(carrier, await name_of())
    await one.opened("8")
    await stock.synced()
    leaving = asyncio.ensure_future(drain(hub, 5.0))
    assert (await carrier.end(), await stock.end()) == (4012, 4012)
    await leaving
    assert not [frame for frame in carrier.frames if frame.startswith(one.head + b"\x02\x01")]


async def test_history_that_is_lost_sends_everybody_back(hub: Hub, knock: Knock) -> None:
    carrier, stock = await door(knock), await knock(user=9)
    await Provider(carrier, await name_of()).opened("8")
    await stock.synced()
    state = hub.rooms[PaperRoom(1).name]
    hub.reset(state, Head("another", 0, 1), "epoch")
    assert (await carrier.end(), await stock.end()) == (4012, 4012)


async def test_what_the_database_cannot_take_now_comes_with_the_next_connection(
    hub: Hub, knock: Knock, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrier, stock = await door(knock), await knock(user=9)
    one = Provider(carrier, await name_of())
    await one.opened("8")
    await stock.synced()

    async def away(*arguments: Any) -> None:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(OpenDocument, "write", away)
        await one.write(" One.")
        await stock.write(" Stock.")
        assert (await carrier.end(), await stock.end()) == (4012, 4012)
    assert not one.count(NOT_SAVED)
    again = await knock(user=9)
    again.doc = stock.doc
    await again.synced()
    back = Provider(await door(knock), await name_of())
    back.doc = one.doc
    await back.opened("8")
    await again.hears("One.")
    assert "Stock." in again.text


async def test_a_name_that_operators_see_has_nothing_that_a_terminal_obeys(hub: Hub, knock: Knock) -> None:
    one = Provider(await door(knock), f"{await name_of()}\0\x1b[2J")
    await one.opened("8")
    assert all(session.namespace.name.isprintable() for session in hub.sessions())


async def test_who_may_not_enter_makes_nothing_here(hub: Hub, knock: Knock) -> None:
    assert await (await knock("/yjs/paper:5@ab.1")).end() == 4401
    assert "paper:5" not in documents_here()._open


async def test_of_many_who_open_a_document_first_each_gets_it_once(knock: Knock) -> None:
    carriers = [await door(knock) for _ in range(4)]
    ours, name = await knock(user=9), await name_of()
    copies = [Provider(carrier, name) for carrier in carriers]
    await asyncio.gather(ours.synced(), *(copy.opened(str(10 + number)) for number, copy in enumerate(copies)))
    assert {copy.text for copy in (ours, *copies)} == {BEGINNING}


async def test_a_vector_that_is_none_fails_for_whom_it_is_of_alone(knock: Knock) -> None:
    name = await name_of()
    one, other = Provider(await door(knock), name), Provider(await door(knock), name)
    await one.opened("8")
    await other.opened("9")
    await one.send(sync(Sync.STEP_1, b"\x05\x01"))
    await other.send(sync(Sync.STEP_1, b"\0"))
    assert await other.step(Sync.STEP_2)
    assert await one.next(lambda frame: frame[:2] == b"\x02\x01")
