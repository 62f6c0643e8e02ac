"""A chapter's draft at the doors for stock clients of Yjs: who writes, who reads, and for whom there is none."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async

import realtime
from books.drafting.document import ChapterDocument
from books.events import DraftRoom
from books.models import Chapter, Right
from books.services.credits import remove_credit
from books.services.releases import publish_chapter
from livrya.accounts.models import User
from livrya.accounts.services import tokens
from realtime.documents import storing
from realtime.documents.part import documents_here
from realtime.doors.yjs.messages import Sync, sync
from realtime.hub import Hub, current_hub
from tests.books.library import author_of, book, draft, somebody, worker_on
from tests.realtime.doors.yjs.clients import Bare, Provider

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    running = await current_hub()
    yield running
    await running.stop()


@sync_to_async
def name_of(chapter: Chapter) -> str:
    with realtime.atomic():
        begun = storing.begun(ChapterDocument(DraftRoom(chapter.pk)))
    return f"draft:{chapter.pk}@{begun.epoch}.{begun.schema}"


@sync_to_async
def token_of(person: User) -> str:
    return tokens.issue(user=person).access


def first_of(client: Any) -> Any:
    return client.doc["text"].children[0].children[0]


def written(client: Any, words: str) -> bytes:
    client.local.clear()
    first_of(client).insert(0, words)
    update: bytes = client.local[-1]
    return update


async def test_two_authors_write_one_chapter_with_stock_clients_and_it_becomes_its_text(hub: Hub) -> None:
    held = await sync_to_async(lambda: draft(book()))()
    author, editor = await sync_to_async(lambda: (author_of(held.book), worker_on(held.book, "editor")))()
    name = await name_of(held)
    one = await Bare.at(f"/yjs/{name}", token=await token_of(author))
    other = Provider(carrier := await Bare.at("/hocuspocus"), name)
    try:
        await one.synced()
        await other.opened(await token_of(editor))
        await one.send(sync(Sync.UPDATE, written(one, "Ahoy! ")))
        other.doc.apply_update(await other.step(Sync.UPDATE))
        assert str(first_of(other)) == "Ahoy! Call me Ishmael."
        await other.send(sync(Sync.UPDATE, written(other, "Oh: ")))
        await other.next(lambda frame: frame == b"\x08\x01")
        await documents_here().open(DraftRoom(held.pk)).settle()
        assert (await Chapter.objects.aget(pk=held.pk)).text.startswith("Oh: Ahoy! Call me Ishmael.")
    finally:
        await one.leave()
        await carrier.leave()


async def test_a_beta_reader_follows_with_stock_clients_and_changes_no_letter(hub: Hub) -> None:
    held = await sync_to_async(lambda: draft(book()))()
    author, beta = await sync_to_async(lambda: (author_of(held.book), worker_on(held.book, "beta")))()
    name, token = await name_of(held), await token_of(beta)
    one, plain = await Bare.at(f"/yjs/{name}", token=await token_of(author)), await Bare.at(f"/yjs/{name}", token=token)
    other = Provider(carrier := await Bare.at("/hocuspocus"), name)
    try:
        await one.synced()
        await plain.synced()
        await other.opened(token)
        await one.send(sync(Sync.UPDATE, written(one, "Ahoy! ")))
        other.doc.apply_update(await other.step(Sync.UPDATE))
        assert str(first_of(other)) == "Ahoy! Call me Ishmael."
        await other.send(sync(Sync.UPDATE, written(other, "No. ")))
        await other.next(lambda frame: frame == b"\x08\x00")
        await plain.send(sync(Sync.UPDATE, written(plain, "No. ")))
        assert await plain.end() == 4403
        await documents_here().open(DraftRoom(held.pk)).settle()
        assert (await Chapter.objects.aget(pk=held.pk)).text.startswith("Ahoy! Call me Ishmael.")
        open_page = await Bare.at(f"/yjs/{name}", token=token)
        await open_page.synced()
        credit = await held.book.credits.aget(user=beta)
        await sync_to_async(remove_credit)(actor=author, credit_id=credit.pk)
        assert await open_page.end() == 4403
        again = await Bare.at(f"/yjs/{name}", token=token)
        assert await again.end() == 4404
    finally:
        await one.leave()
        await carrier.leave()


async def test_a_draft_is_for_those_who_work_on_it_and_what_is_out_for_those_who_may_change_it(hub: Hub) -> None:
    held = await sync_to_async(lambda: draft(book()))()
    name = await name_of(held)
    stranger, helper = await sync_to_async(
        lambda: (somebody(), worker_on(held.book, "editor", rights=Right.EDIT_DRAFTS))
    )()
    for token, code in (("", 4401), (await token_of(stranger), 4404)):
        refused = await Bare.at(f"/yjs/{name}", token=token)
        assert await refused.end() == code
        assert len(refused.frames) == 1
    await sync_to_async(publish_chapter)(actor=None, chapter_id=held.pk, silent=True)
    reader = await Bare.at(f"/yjs/{name}", token=await token_of(helper))
    await reader.synced()
    await reader.send(sync(Sync.UPDATE, written(reader, "No. ")))
    assert await reader.end() == 4403
    assert not (await Chapter.objects.aget(pk=held.pk)).text.startswith("No.")
