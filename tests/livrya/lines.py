"""What a client sees in every namespace: one scenario for each line of its commands and events."""

from datetime import timedelta

from rest_framework_simplejwt.tokens import AccessToken

from livrya.accounts.models import User
from livrya.accounts.services import tokens
from realtime.errors import CloseCode
from tests.books import library
from tests.books.lines import a_chapter, somebody
from tests.world import World, heard, make


async def rooms_go_on_from_their_positions_or_say_why_not(world: World) -> None:
    book, chapter, author = await a_chapter()
    book_room, chapter_room = f"book:{book.pk}", f"chapter:{chapter.pk}"
    client = await world.client(author)
    position = (await client.tell("book:join", {"bookId": book.pk}))["position"]
    await client.close()
    await make(library.chapter, book)
    await make(library.chapter, book)
    again = await world.client(author)
    wanted = {
        book_room: position,
        chapter_room: {"epoch": "of another history", "seq": 1},
        # Beyond what a database can count.
        "book:9999999999999999999": None,
        "book:x": None,
    }
    answer = await again.tell("session:resume", {"rooms": wanted})
    recovered = answer[book_room]
    assert recovered["recovered"] is True
    # What a process has not heard of yet is not replayed: it comes live.
    assert recovered["replayed"] in range(3)
    assert [(await again.event("chapter:available"))["seq"] for _ in range(2)] == [
        position["seq"] + 1,
        position["seq"] + 2,
    ]
    assert (answer[chapter_room]["recovered"], answer[chapter_room]["reason"]) == (False, "epoch")
    assert set(answer[chapter_room]["position"]) == {"epoch", "seq"}
    for room in ("book:9999999999999999999", "book:x"):
        assert (answer[room]["recovered"], answer[room]["reason"]) == (False, "NOT_FOUND")


async def who_is_cut_and_comes_back_was_never_gone(world: World) -> None:
    book, _, author = await a_chapter()
    reader = await somebody()
    watcher, client = await world.client(author), await world.client(reader)
    for joining in (watcher, client):
        await joining.tell("book:join", {"bookId": book.pk})
    await client.cut()
    again = await world.client(reader)
    assert (await again.tell("book:join", {"bookId": book.pk}))["userCount"] == 2
    payload = (await watcher.event("user:reconnected"))["payload"]
    assert (payload["userId"], payload["userCount"]) == (reader.pk, 2)
    await again.close()
    payload = (await watcher.event("user:left"))["payload"]
    assert (payload["userId"], payload["userCount"], payload["disconnected"]) == (reader.pk, 1, True)
    assert len(heard(watcher, "user:left")) == 1
    assert len(heard(watcher, "user:joined")) == 1


def short_token(user: User, seconds: int) -> str:
    token = AccessToken(tokens.issue(user=user).access)  # type: ignore[arg-type]  # the encoded form is meant to be given
    token.set_exp(lifetime=timedelta(seconds=seconds))
    return str(token)


async def a_sign_in_that_ends_is_announced_and_can_be_prolonged(world: World) -> None:
    person = await somebody()
    client = await world.client(token=await make(short_token, person, 30))
    expiring = (await client.event("auth:expiring"))["payload"]
    fresh = await make(tokens.issue, user=person)
    for token, code in (("nonsense", "UNAUTHENTICATED"), (await make(short_token, await somebody(), 30), "FORBIDDEN")):
        assert (await client.ask("auth:refresh", {"token": token}))["error"]["code"] == code
    answer = await client.tell("auth:refresh", {"token": fresh.access})
    assert answer == {"expiresAt": fresh.access_expires_at}
    assert answer["expiresAt"] > expiring["expiresAt"]


async def a_sign_in_that_has_ended_closes_the_connection_with_a_word(world: World) -> None:
    client = await world.client(token=await make(short_token, await somebody(), 3))
    assert await client.ended() == CloseCode.TOKEN_EXPIRED
    kinds = [frame["type"] for frame in client.frames if frame["type"] in ("auth:expiring", "bye")]
    assert kinds == ["auth:expiring", "bye"]
    [bye] = heard(client, "bye")
    assert (bye["code"], bye["reason"]) == (CloseCode.TOKEN_EXPIRED, "Your sign-in has expired.")


async def who_cannot_be_let_in_hears_why(world: World) -> None:
    expired = await make(short_token, await somebody(), -10)
    for token, code, closed in (
        ("nonsense", "UNAUTHENTICATED", CloseCode.UNAUTHENTICATED),
        (expired, "TOKEN_EXPIRED", CloseCode.TOKEN_EXPIRED),
    ):
        client = await world.open("books", token)
        assert await client.ended() == closed
        [error] = heard(client, "error")
        assert error["code"] == code
        assert {"message", "retryable"} <= set(error)


LINES = [
    rooms_go_on_from_their_positions_or_say_why_not,
    who_is_cut_and_comes_back_was_never_gone,
    a_sign_in_that_ends_is_announced_and_can_be_prolonged,
    a_sign_in_that_has_ended_closes_the_connection_with_a_word,
    who_cannot_be_let_in_hears_why,
]
