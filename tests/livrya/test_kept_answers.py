"""Answers that are kept for repeated commands hold nothing that has been taken back, and no secret."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from books.services.comments import delete_comment, hide_comment
from books.services.reviews import hide_review
from livrya.accounts.models import User
from realtime.models import CommandResult
from realtime.testing.client import JsonClient
from social.services.messages import delete_message
from tests.books import library
from tests.livrya.accounts.doors import Enter, enter, hub, in_thread
from tests.livrya.accounts.people import person
from tests.social import rooms

__all__ = ["enter", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "a word that was better not said"


def kept(words: str) -> int:
    return CommandResult.objects.filter(result__contains=words).count()


async def said(client: JsonClient, command: str, payload: dict[str, Any], request_id: str) -> dict[str, Any]:
    answer = await client.ask(command, payload, request_id=request_id)
    assert answer["success"], answer
    data: dict[str, Any] = answer["data"]
    return data


async def assert_gone(client: JsonClient, command: str, payload: dict[str, Any], request_id: str) -> None:
    """Nothing is kept of it, and repeating it neither tells the words nor says them again."""
    assert await sync_to_async(kept)(WORDS) == 0
    before = len(client.frames)
    await client.send({"requestId": request_id, "type": command, "payload": payload})
    answer = await client.wait(lambda frame: frame in client.frames[before:] and frame.get("requestId") == request_id)
    assert answer["error"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("take_back", [delete_comment, hide_comment])
async def test_a_comment_that_is_gone_is_kept_nowhere(enter: Enter, take_back: Any) -> None:
    chapter = await in_thread(lambda: library.chapter(library.book()))()
    ada: User = await in_thread(person)("ada")
    moderator: User = await in_thread(person)("moderator", is_staff=True, is_superuser=True)
    client = await enter(ada, "/books")
    payload = {"chapterId": chapter.pk, "text": WORDS}
    posted = await said(client, "comment:post", payload, "post")
    edit = {"commentId": posted["id"], "text": WORDS + "!"}
    await said(client, "comment:edit", edit, "edit")
    await said(client, "comment:edit", edit, "edit, the same")
    assert await sync_to_async(kept)(WORDS) == 3
    await in_thread(take_back)(actor=moderator, comment_id=posted["id"])
    await assert_gone(client, "comment:post", payload, "post")


async def test_a_review_that_is_hidden_is_kept_nowhere(enter: Enter) -> None:
    book = await in_thread(library.book)()
    chapter = await in_thread(library.chapter)(book)
    reader: User = await in_thread(library.reader_of)(chapter)
    moderator: User = await in_thread(person)("moderator", is_staff=True, is_superuser=True)
    client = await enter(reader, "/books")
    payload = {"bookId": book.pk, "rating": 2, "text": WORDS}
    posted = await said(client, "review:post", payload, "post")
    assert await sync_to_async(kept)(WORDS) == 1
    await in_thread(hide_review)(actor=moderator, review_id=posted["id"])
    await assert_gone(client, "review:post", payload, "post")


async def test_a_message_that_is_gone_is_kept_nowhere(enter: Enter) -> None:
    group = await in_thread(rooms.group)()
    ada: User = await in_thread(person)("ada")
    await in_thread(rooms.member_of)(group, ada)
    client = await enter(ada, "/social")
    await client.tell("room:join", {"roomId": group.pk})
    payload = {"roomId": group.pk, "text": WORDS}
    sent = await said(client, "message:send", payload, "send")
    edit = {"messageId": sent["id"], "text": WORDS}
    await said(client, "message:edit", edit, "edit, the same")
    assert await sync_to_async(kept)(WORDS) == 2
    await in_thread(delete_message)(actor=await in_thread(rooms.owner_of)(group), message_id=sent["id"])
    await assert_gone(client, "message:send", payload, "send")


async def test_the_token_of_a_link_is_kept_nowhere(enter: Enter) -> None:
    group = await in_thread(rooms.group)()
    client = await enter(await in_thread(rooms.owner_of)(group), "/social")
    link = await said(client, "room:link", {"roomId": group.pk}, "link")
    assert await sync_to_async(kept)(link["token"]) == 0
