"""Writing a chapter together over sockets: who may, what they get, and what becomes of it."""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pycrdt
import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from books.drafting.blocks import Block, Span
from books.drafting.changing import change
from books.drafting.content import blocks_of
from books.events import DraftRoom
from books.models import Chapter, Right
from books.policies.drafting import roles
from books.services.credits import change_credit, remove_credit
from livrya.accounts.models import User
from livrya.accounts.services import tokens
from realtime.documents import Role
from realtime.documents.part import documents_here
from realtime.hub import Hub, current_hub
from realtime.identity import Identity
from realtime.rooms import authorise
from realtime.routing import websocket_application
from realtime.testing.client import JsonClient
from tests.books.library import TEXT, author_of, book, chapter, draft, somebody, worker_on

pytestmark = pytest.mark.django_db(transaction=True)

Write = Callable[[User, int], Awaitable["Desk"]]
made = sync_to_async


class Desk:
    """Somebody's open copy of a draft."""

    def __init__(self, client: JsonClient, chapter_id: int, opened: dict[str, Any]) -> None:
        self.client = client
        self.chapter_id = chapter_id
        self.epoch: str = opened["epoch"]
        self.role: str = opened["role"]
        self.doc: pycrdt.Doc[Any] = pycrdt.Doc()
        self.doc["text"] = pycrdt.XmlFragment()
        self.doc.apply_update(b64decode(opened["update"]))

    @property
    def texts(self) -> list[str]:
        return ["".join(one.text for one in block.inlines if isinstance(one, Span)) for block in blocks_of(self.doc)]

    async def save(self, *texts: str) -> Any:
        """Makes the copy these paragraphs, and sends what that changed."""
        before = self.doc.get_state()
        kept = blocks_of(self.doc)
        change(
            self.doc,
            [Block((Span(text),), id=kept[at].id if at < len(kept) else None) for at, text in enumerate(texts)],
        )
        update = b64encode(self.doc.get_update(before)).decode()
        wanted = {"chapterId": self.chapter_id, "epoch": self.epoch, "update": update}
        return await self.client.ask("draft:update", wanted)

    async def hears(self, words: str) -> None:
        while words not in " ".join(self.texts):
            event = await self.client.event("draft:update")
            self.doc.apply_update(b64decode(event["payload"]["update"]))


@pytest.fixture
async def hub(transactional_db: None) -> AsyncIterator[Hub]:
    running = await current_hub()
    yield running
    await running.stop()
    await sync_to_async(connections.close_all)()  # those of the thread in which things were made


@pytest.fixture
async def write(hub: Hub) -> AsyncIterator[Write]:
    clients: list[JsonClient] = []

    async def sit_down(person: User, chapter_id: int) -> Desk:
        token = (await sync_to_async(tokens.issue)(user=person)).access
        client = await JsonClient.in_process(websocket_application, "/ws/books/", token=token)
        clients.append(client)
        await client.tell("draft:join", {"chapterId": chapter_id})
        return Desk(client, chapter_id, await client.tell("draft:open", {"chapterId": chapter_id}))

    yield sit_down
    for client in clients:
        await client.close()


async def test_two_authors_write_one_chapter_and_its_text_follows(write: Write) -> None:
    held = await made(lambda: draft(book()))()
    author, other = await made(author_of)(held.book), await made(worker_on)(held.book)
    one, two = await write(author, held.pk), await write(other, held.pk)
    assert one.texts == two.texts == TEXT.split("\n\n")
    assert (one.role, two.role) == ("write", "write")
    assert (await one.save("Call me.", *one.texts[1:]))["data"] == {"changed": True}
    await two.hears("Call me.")
    assert (await two.save(*two.texts, "The end."))["success"]
    await one.hears("The end.")
    assert one.texts == two.texts
    await documents_here().open(DraftRoom(held.pk)).settle()
    now = await Chapter.objects.aget(pk=held.pk)
    assert now.text == "\n\n".join(one.texts)
    assert now.paragraph_ids[:2] == held.paragraph_ids


async def test_carets_show_whose_they_are(write: Write) -> None:
    held = await made(lambda: draft(book()))()
    author = await made(author_of)(held.book)
    one, two = await write(author, held.pk), await write(await made(worker_on)(held.book), held.pk)
    wanted = {"chapterId": held.pk, "epoch": one.epoch, "clientId": 5, "clock": 1, "state": {"cursor": None}}
    await one.client.tell("draft:awareness", wanted)
    shown = (await two.client.event("draft:awareness"))["payload"]
    assert (shown["userId"], shown["username"], shown["state"]) == (author.pk, author.username, {"cursor": None})


async def test_what_was_missed_is_synced(write: Write) -> None:
    held = await made(lambda: draft(book()))()
    author = await made(author_of)(held.book)
    one, two = await write(author, held.pk), await write(author, held.pk)
    vector = b64encode(two.doc.get_state()).decode()
    await one.save("Anew.", *one.texts[1:])
    wanted = {"chapterId": held.pk, "epoch": two.epoch, "vector": vector}
    synced = await two.client.tell("draft:sync", wanted)
    two.doc.apply_update(b64decode(synced["update"]))
    assert two.texts == one.texts


async def test_who_loses_their_part_writes_no_letter_more_and_hears_none(write: Write) -> None:
    held = await made(lambda: draft(book()))()
    author, editor = await made(author_of)(held.book), await made(worker_on)(held.book)
    one, two = await write(author, held.pk), await write(editor, held.pk)
    credit = await held.book.credits.aget(user=editor)
    await made(remove_credit)(actor=author, credit_id=credit.pk)
    assert (await two.save("Mine now.", *two.texts[1:]))["error"]["code"] in ("NOT_JOINED", "FORBIDDEN")
    await two.client.event("room:left")
    await one.save("Secret.", *one.texts[1:])
    assert not [frame for frame in two.client.frames if frame.get("type") == "draft:update"]


async def test_a_beta_reader_follows_the_draft_and_changes_no_letter(write: Write) -> None:
    held = await made(lambda: draft(book()))()
    author, beta = await made(author_of)(held.book), await made(worker_on)(held.book, "beta")
    one, two = await write(author, held.pk), await write(beta, held.pk)
    assert (two.role, two.texts) == ("comment", one.texts)
    assert (await two.save("Mine now.", *two.texts[1:]))["error"]["code"] == "FORBIDDEN"
    reading = await write(beta, held.pk)
    await one.save("Call me.", *one.texts[1:])
    await reading.hears("Call me.")
    assert reading.texts == one.texts
    pointed = {"chapterId": held.pk, "epoch": one.epoch, "clientId": 5, "clock": 1, "state": {"cursor": None}}
    await one.client.tell("draft:awareness", pointed)
    assert (await reading.client.event("draft:awareness"))["payload"]["userId"] == author.pk
    credit = await held.book.credits.aget(user=beta)
    await made(remove_credit)(actor=author, credit_id=credit.pk)
    await reading.client.event("room:left")
    assert (await reading.save("Mine now."))["error"]["code"] in ("NOT_JOINED", "FORBIDDEN")


async def test_who_becomes_a_beta_reader_changes_no_letter_more(write: Write) -> None:
    held = await made(lambda: draft(book()))()
    author, editor = await made(author_of)(held.book), await made(worker_on)(held.book)
    desk = await write(editor, held.pk)
    assert (await desk.save("Mine.", *desk.texts[1:]))["success"]
    credit = await held.book.credits.aget(user=editor)
    await made(change_credit)(actor=author, credit_id=credit.pk, kind="beta", rights=int(Right.VIEW_DASHBOARD))
    assert (await desk.save("Mine now.", *desk.texts[1:]))["error"]["code"] == "FORBIDDEN"
    assert (await write(editor, held.pk)).role == "comment"


async def test_who_does_not_work_on_the_book_gets_nothing(write: Write) -> None:
    held = await made(lambda: draft(book()))()
    with pytest.raises(AssertionError, match="NOT_FOUND"):
        await write(await made(somebody)(), held.pk)


def as_seen(user: User) -> Identity:
    return Identity(user_id=user.pk)


def test_roles_follow_the_rights_and_whether_the_chapter_is_out() -> None:
    held, staff = draft(book()), somebody(is_staff=True, is_superuser=True)
    author, editor, translator = author_of(held.book), worker_on(held.book), worker_on(held.book, "translator")
    beta, stranger = worker_on(held.book, "beta"), somebody()
    people = [as_seen(one) for one in (author, editor, translator, beta, stranger, staff)] + [Identity(None)]
    found = roles(held.pk, people)
    assert [found.get(one) for one in people] == [Role.WRITE] * 3 + [Role.COMMENT, None, Role.WRITE, None]
    out = chapter(held.book)
    found = roles(out.pk, people)
    assert [found.get(one) for one in people] == [
        *(Role.WRITE, Role.WRITE, Role.COMMENT, Role.COMMENT, None, Role.WRITE, None)
    ]
    rooms = [DraftRoom(held.pk), DraftRoom(out.pk)]
    for one in people:
        entered = [granted is not None for granted in authorise(one, rooms).values()]
        assert entered == [one in roles(room.chapter_id, people) for room in rooms]
    assert roles(out.pk + 1, people) == {}
    author.is_active = False
    author.save()
    assert as_seen(author) not in roles(out.pk, people)


def test_a_translator_edits_drafts_only() -> None:
    """What the roles are read from."""
    held = worker_on(book(), "translator").credits.get().rights
    assert held & Right.EDIT_DRAFTS
    assert not held & Right.EDIT_CHAPTERS
