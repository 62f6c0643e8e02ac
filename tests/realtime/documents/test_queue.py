"""Changes of a document: answered once they are committed, stored once, refused without a trace."""

import asyncio
from typing import Any

import pycrdt
import pytest

import realtime
from realtime import documents
from realtime.documents.part import documents_here
from realtime.documents.queue import MAX_UPDATE_BYTES, DocumentQueue, Write
from realtime.errors import TooLarge
from realtime.hub import Hub
from realtime.identity import Identity
from realtime.models import DocumentState, DocumentWriter, Event, Lease
from tests.realtime.app.papers import BEGINNING, SERVER, Paper, PaperRoom, text_of
from tests.realtime.documents.writers import ROOM, Writer
from tests.realtime.halls import Connect, connect, hub

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


def stored() -> list[tuple[int, int | None]]:
    events = Event.objects.filter(room=ROOM, type="paper:update").order_by("seq")
    return list(events.values_list("seq", "actor_id"))


async def in_thread(hub: Hub, function: Any) -> Any:
    return await hub.handlers.run(function)


async def kept(hub: Hub) -> str:
    """Returns the text as the database has it, for whoever opens it in another process."""

    def read() -> str:
        with realtime.atomic():
            return documents.change(PaperRoom(1), text_of)

    text: str = await in_thread(hub, read)
    return text


async def test_a_change_is_committed_when_it_is_answered_and_reaches_the_others(connect: Connect, hub: Hub) -> None:
    one, other = await Writer.join(connect, 7), await Writer.join(connect, 8)
    assert one.text == BEGINNING
    answer = await one.send(one.type(" Light."))
    assert (answer["success"], answer["data"]) == (True, {"changed": True})
    assert await in_thread(hub, stored) == [(1, 7)]
    await other.sees("Light.")
    await other.write(" Dark.")
    await one.sees("Dark.")
    assert one.text == other.text == await kept(hub) == BEGINNING + " Light. Dark."
    assert [frame["type"] for frame in one.client.events(ROOM)] == ["hidden", "paper:update"]


async def test_the_same_change_twice_is_stored_once(connect: Connect, hub: Hub) -> None:
    one = await Writer.join(connect, 7)
    update = one.type("x")
    assert (await one.send(update))["data"] == {"changed": True}
    assert (await one.send(update))["data"] == {"changed": False}
    assert len(await in_thread(hub, stored)) == 1


async def test_what_builds_on_something_missing_is_refused_with_what_is_here(connect: Connect, hub: Hub) -> None:
    one = await Writer.join(connect, 7)
    first, second = one.type("one "), one.type("two ")
    answer = await one.send(second)
    assert answer["error"]["code"] == "OUT_OF_SYNC"
    assert answer["error"]["details"]["vector"] == one.opened["vector"]
    assert await in_thread(hub, stored) == []
    await one.send(first)
    await one.send(second)
    assert await kept(hub) == one.text


async def test_a_mark_that_the_document_does_not_have_is_refused(connect: Connect, hub: Hub) -> None:
    one = await Writer.join(connect, 7)
    assert (await one.send(one.mark("blink")))["error"]["code"] == "VALIDATION"
    assert await in_thread(hub, stored) == []


async def test_who_only_reads_changes_no_letter(connect: Connect, hub: Hub) -> None:
    reader = await Writer.join(connect, 95)
    assert reader.opened["role"] == "read"
    for update in (reader.type("mine"), reader.delete(0, 2)):
        assert (await reader.send(update))["error"]["code"] == "FORBIDDEN"
    assert await kept(hub) == BEGINNING


async def test_a_right_that_is_gone_is_gone_with_the_next_change(connect: Connect, hub: Hub) -> None:
    one = await Writer.join(connect, 7)
    await one.write("a")
    await in_thread(hub, lambda: Lease.objects.create(name="barred:7", holder="x", expires_at="2099-01-01T00:00Z"))
    assert (await one.send(one.type("b")))["error"]["code"] == "FORBIDDEN"


async def test_new_content_under_somebody_elses_client_id_is_refused(connect: Connect, hub: Hub) -> None:
    one, thief = await Writer.join(connect, 7), await Writer.join(connect, 8)
    await one.write("mine")
    await thief.sees("mine")
    for client_id in (one.doc.client_id, SERVER):
        forged: pycrdt.Doc[Any] = pycrdt.Doc(client_id=client_id)
        forged["text"] = fragment = pycrdt.XmlFragment()
        forged.apply_update(thief.doc.get_update())
        before = forged.get_state()
        fragment.children[0].insert(0, "forged")
        answer = await thief.send(forged.get_update(before))
        assert answer["error"]["code"] == "FOREIGN_CLIENT"
    assert await kept(hub) == BEGINNING + "mine"
    owners = await in_thread(hub, lambda: dict(DocumentWriter.objects.values_list("client_id", "user_id")))
    assert owners == {SERVER: None, one.doc.client_id: 7}


async def test_a_copy_of_another_epoch_is_refused_for_good(connect: Connect, hub: Hub) -> None:
    one = await Writer.join(connect, 7)
    one.epoch = "f" * 16
    assert (await one.send(one.type("x")))["error"]["code"] == "DOCUMENT_CHANGED"
    answer = await one.client.ask("paper:open", {"paperId": 1, "epoch": one.epoch})
    assert answer["error"]["code"] == "DOCUMENT_CHANGED"


async def test_what_the_room_has_not_been_joined_for_is_not_answered(connect: Connect) -> None:
    client = await connect(token="7")
    for command, more in (
        ("paper:open", {}),
        ("paper:sync", {"epoch": "", "vector": ""}),
        ("paper:change", {"epoch": "", "update": ""}),
        ("paper:point", {"clientId": 1, "clock": 1}),
    ):
        assert (await client.ask(command, {"paperId": 1, **more}))["error"]["code"] == "NOT_JOINED"


async def test_one_bad_change_among_many_spoils_no_other(connect: Connect, hub: Hub) -> None:
    writers = [await Writer.join(connect, user) for user in range(1, 6)]
    bad = await Writer.join(connect, 6)
    updates = [writer.type(f" {user}.") for user, writer in enumerate(writers)]
    answers = await asyncio.gather(
        *(writer.send(update) for writer, update in zip(writers, updates, strict=True)), bad.send(b"\x01\x01")
    )
    assert [answer["success"] for answer in answers] == [True] * 5 + [False]
    assert answers[-1]["error"]["code"] == "VALIDATION"
    text = await kept(hub)
    assert all(f" {user}." in text for user in range(5))


async def test_the_library_failing_over_one_change_spoils_no_other(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Panic(BaseException):
        """As the library's: no Exception."""

    one, other = await Writer.join(connect, 7), await Writer.join(connect, 8)
    poison = other.type("poison")
    apply = pycrdt.Doc.apply_update

    def fragile(doc: pycrdt.Doc[Any], update: bytes) -> None:
        if update == poison:
            raise Panic
        apply(doc, update)

    monkeypatch.setattr(pycrdt.Doc, "apply_update", fragile)
    good, bad = await asyncio.gather(one.send(one.type("good")), other.send(poison))
    assert good["success"], good
    assert bad["error"]["code"] == "VALIDATION"
    monkeypatch.undo()
    assert await kept(hub) == BEGINNING + "good"


async def test_nothing_is_answered_from_a_copy_whose_commit_failed(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await Writer.join(connect, 7)
    update = one.type("lost?")

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the commit fails")

    with monkeypatch.context() as broken:
        broken.setattr("realtime.log.writing.flush", fail)
        assert (await one.send(update))["error"]["code"] == "INTERNAL"
    late = await Writer.join(connect, 8)
    assert late.text == BEGINNING
    assert (await one.send(update))["data"] == {"changed": True}, "it is not taken for known"
    await late.sees("lost?")


async def test_changes_of_other_processes_are_merged_before_the_next_is_judged(connect: Connect, hub: Hub) -> None:
    one = await Writer.join(connect, 7)
    await one.write("a")
    room = documents_here().open(PaperRoom(1))
    elsewhere = DocumentQueue(hub, hub.lanes, Paper(PaperRoom(1)))
    room.queue, here = elsewhere, room.queue
    await one.write("b")
    room.queue = here
    await one.write("c")
    assert await kept(hub) == BEGINNING + "abc"


async def test_many_changes_become_one_state_and_go_on_from_there(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("realtime.documents.queue.SQUASHED_AFTER", 3)
    one = await Writer.join(connect, 7)
    for word in "abcdefg":
        await one.write(word)
    state = await in_thread(hub, lambda: DocumentState.objects.get(room=ROOM))
    assert state.seq == 6
    documents_here().open(PaperRoom(1)).queue.drop()
    assert (await Writer.join(connect, 8)).text == one.text
    assert (await one.send(one.type("h")))["success"]


async def test_the_app_is_told_when_a_document_has_settled(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    Paper.settled_texts.clear()
    one = await Writer.join(connect, 7)
    await one.write("a")
    await one.write("b")
    await documents_here().open(PaperRoom(1)).settle()
    await documents_here().open(PaperRoom(1)).settle()
    assert Paper.settled_texts == [BEGINNING + "ab"]


async def test_one_question_that_is_refused_spoils_no_other(connect: Connect, hub: Hub) -> None:
    clients = [await connect(token=str(user)) for user in range(1, 6)]
    for client in clients:
        await client.tell("paper:join", {"paperId": 1})
    wrong = [{"epoch": "other"}, {"vector": "AQ=="}]
    answers = await asyncio.gather(
        *(
            client.ask("paper:open", {"paperId": 1} | more)
            for client, more in zip(clients, [*wrong, {}, {}, {}], strict=True)
        )
    )
    assert [answer["success"] for answer in answers] == [False, False, True, True, True]


async def test_the_library_failing_over_a_question_is_a_defect_of_that_answer(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Panic(BaseException):
        """As the library's: no Exception."""

    def panic(*_: Any) -> bytes:
        raise Panic

    one = await Writer.join(connect, 7)
    with monkeypatch.context() as broken:
        broken.setattr(pycrdt.Doc, "get_update", panic)
        answer = await one.client.ask("paper:sync", {"paperId": 1, "epoch": one.epoch, "vector": "AA=="})
    assert answer["error"]["code"] == "INTERNAL"
    await one.write("goes on")
    with monkeypatch.context() as broken:
        broken.setattr(pycrdt.Doc, "apply_update", panic)
        documents_here().open(PaperRoom(1)).queue.drop()
        answer = await one.client.ask("paper:open", {"paperId": 1})
        assert answer["error"]["code"] == "INTERNAL"
        assert (await one.send(one.type("kept")))["error"]["code"] == "INTERNAL", "it is not the update's fault"
    assert (await Writer.join(connect, 8)).text == BEGINNING + "goes on"


async def test_a_change_of_a_client_has_at_most_a_mebibyte(connect: Connect, hub: Hub) -> None:
    one = await Writer.join(connect, 7)
    write = Write(Identity(7), "c", one.epoch, bytes(MAX_UPDATE_BYTES + 1))
    with pytest.raises(TooLarge):
        await documents_here().open(PaperRoom(1)).write(write)


async def test_the_app_is_told_what_clashed_in_the_transaction_of_the_change(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    Paper.told.clear()
    one, other = await Writer.join(connect, 7), await Writer.join(connect, 8)
    typed, removed = one.type(" lost"), other.remove()
    await one.send(typed)
    with monkeypatch.context() as broken:
        broken.setattr(Paper, "updated", None)
        assert (await other.send(removed))["error"]["code"] == "INTERNAL"
    assert not await in_thread(hub, lambda: Lease.objects.filter(name="clashed").exists()), "what it kept is not kept"
    Paper.told.clear()
    assert (await other.send(removed))["success"]
    assert (await other.send(removed))["success"]
    assert [(told.user_id, told.clash.words) for told in Paper.told] == [(7, " lost")]
    assert await in_thread(hub, lambda: Lease.objects.filter(name="clashed").exists())


async def test_what_two_processes_change_at_once_clashes_in_one_of_them(connect: Connect, hub: Hub) -> None:
    Paper.told.clear()
    one, other = await Writer.join(connect, 7), await Writer.join(connect, 8)
    room = documents_here().open(PaperRoom(1))
    elsewhere, here = DocumentQueue(hub, hub.lanes, Paper(PaperRoom(1))), room.queue
    typed, removed = one.type(" lost"), other.remove()
    room.queue = elsewhere
    assert (await other.send(removed))["success"]
    room.queue = here
    assert (await one.send(typed))["success"]
    assert [(told.user_id, told.clash.words) for told in Paper.told] == [(7, " lost")]
