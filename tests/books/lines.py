"""What a client of the library sees: one scenario for each line of its commands and events.

Each makes its own books and people, so that all of them can run against one server, one after another.
"""

from typing import Any

from books.models import Book, Chapter
from books.services.invitations import accept_invitation, end_invitation, invite_reader
from books.services.subscriptions import subscribe
from livrya.accounts.models import User
from livrya.accounts.services.following import follow
from tests.books import library
from tests.world import World, heard, make


async def a_chapter(**description: Any) -> tuple[Book, Chapter, User]:
    """Returns a book, a published chapter of it, and its author."""

    def write() -> tuple[Book, Chapter, User]:
        book = library.book(**description)
        return book, library.chapter(book), library.author_of(book)

    return await make(write)


async def somebody() -> User:
    return await make(library.somebody)


async def entering_a_book_counts_a_person_once_and_leaving_with_the_last_device(world: World) -> None:
    book, _, author = await a_chapter()
    reader = await somebody()
    watcher, first, second = await world.client(author), await world.client(reader), await world.client(reader)
    await watcher.tell("book:join", {"bookId": book.pk})
    joined = await first.tell("book:join", {"bookId": book.pk})
    assert joined["room"] == f"book:{book.pk}"
    assert (joined["userCount"], joined["guestCount"]) == (2, 0)
    assert set(joined["position"]) == {"epoch", "seq"}
    payload = (await watcher.event("user:joined"))["payload"]
    assert (payload["userId"], payload["userCount"]) == (reader.pk, 2)
    assert payload["timestamp"] > 1_600_000_000_000
    assert (await second.tell("book:join", {"bookId": book.pk}))["userCount"] == 2
    await first.tell("book:leave", {"bookId": book.pk})
    await second.tell("book:leave", {"bookId": book.pk})
    payload = (await watcher.event("user:left"))["payload"]
    assert (payload["userId"], payload["userCount"], payload["disconnected"]) == (reader.pk, 1, False)
    assert len(heard(watcher, "user:joined")) == len(heard(watcher, "user:left")) == 1


async def coming_back_with_a_position_brings_what_was_missed(world: World) -> None:
    book, _, author = await a_chapter()
    client = await world.client(author)
    position = (await client.tell("book:join", {"bookId": book.pk}))["position"]
    await client.tell("book:leave", {"bookId": book.pk})
    await make(library.chapter, book, title="The Carpet-Bag")
    joined = await client.tell("book:join", {"bookId": book.pk, "since": position})
    assert joined["recovered"] is True
    event = await client.wait(lambda frame: frame.get("type") == "chapter:available", anywhere=True)
    assert event["seq"] == position["seq"] + 1
    assert event["payload"]["title"] == "The Carpet-Bag"


async def a_chapter_has_readers_of_its_own(world: World) -> None:
    _, chapter, author = await a_chapter()
    watcher, reader = await world.client(author), await somebody()
    await watcher.tell("chapter:join", {"chapterId": chapter.pk})
    client = await world.client(reader)
    await client.tell("chapter:join", {"chapterId": chapter.pk})
    event = await watcher.event("user:joined")
    assert (event["room"], event["payload"]["userId"]) == (f"chapter:{chapter.pk}", reader.pk)
    await client.tell("chapter:leave", {"chapterId": chapter.pk})
    assert (await watcher.event("user:left"))["payload"]["userId"] == reader.pk


async def readers_can_be_counted(world: World) -> None:
    book, _, author = await a_chapter()
    first, second = await world.client(author), await world.client(await somebody())
    for client in (first, second):
        await client.tell("book:join", {"bookId": book.pk})
    assert await first.tell("get:readerCount", {"bookId": book.pk}) == {"count": 2, "guestCount": 0}


async def a_subscription_is_known_on_all_devices_and_changes_what_they_hear(world: World) -> None:
    book, _, _ = await a_chapter()
    reader = await somebody()
    phone, desktop = await world.client(reader), await world.client(reader)
    answer = await phone.tell("book:subscribe", {"bookId": book.pk, "level": "chapters"})
    assert answer == {"bookId": book.pk, "level": "chapters"}
    for client in (phone, desktop):
        assert (await client.event("subscription:changed"))["payload"] == {"bookId": book.pk, "level": "chapters"}
        await client.wait(
            lambda frame: frame.get("type") == "rooms:entered" and f"book:{book.pk}" in frame["payload"]["rooms"],
            anywhere=True,
        )
    await make(library.chapter, book)
    for client in (phone, desktop):
        assert (await client.event("chapter:available"))["room"] == f"book:{book.pk}"
    await phone.tell("book:unsubscribe", {"bookId": book.pk})
    assert (await desktop.event("subscription:changed"))["payload"] == {"bookId": book.pk, "level": None}


async def what_one_subscribes_to_is_heard_from_the_start(world: World) -> None:
    book, _, _ = await a_chapter()
    reader = await somebody()
    await make(subscribe, actor=reader, book_id=book.pk)
    for namespace in ("", "books"):
        client = await world.client(reader, namespace)
        assert f"book:{book.pk}" in client.frames[0]["payload"]["rooms"]
        # Receiving is not being there.
        assert (await client.tell("get:readerCount", {"bookId": book.pk}))["count"] == 0


async def following_an_author_brings_all_their_public_books(world: World) -> None:
    book, _, author = await a_chapter()
    reader = await somebody()
    client, followed = await world.client(reader, ""), await world.client(author, "")
    await client.tell("user:follow", {"userId": author.pk})
    assert (await client.event("follow:changed"))["payload"]["userId"] == author.pk
    assert (await followed.event("notification"))["payload"]["userId"] == reader.pk
    room = f"author:{author.pk}:followers"
    await client.wait(
        lambda frame: frame.get("type") == "rooms:entered" and room in frame["payload"]["rooms"], anywhere=True
    )
    out = await make(library.chapter, book)
    event = await client.event("chapter:available")
    assert (event["room"], event["payload"]["chapterId"]) == (room, out.pk)


async def who_follows_no_longer_hears_no_longer(world: World) -> None:
    book, _, author = await a_chapter()
    reader = await somebody()
    await make(follow, actor=reader, user=author)
    phone, desktop = await world.client(reader, ""), await world.client(reader, "")
    await phone.tell("user:unfollow", {"userId": author.pk})
    payload = (await desktop.event("follow:changed"))["payload"]
    assert (payload["userId"], payload["following"]) == (author.pk, False)
    room = f"author:{author.pk}:followers"
    await desktop.wait(lambda frame: frame.get("type") == "room:left" and frame["room"] == room)
    await make(library.chapter, book)
    await desktop.tell("session:ping")
    assert heard(desktop, "chapter:available") == []


async def an_authors_change_is_heard_in_the_book_and_the_chapter(world: World) -> None:
    book, chapter, author = await a_chapter()
    reader, writer = await world.client(await somebody()), await world.client(author)
    await reader.tell("book:join", {"bookId": book.pk})
    await reader.tell("chapter:join", {"chapterId": chapter.pk})
    change = {"chapterId": chapter.pk, "version": 1, "title": "New", "text": "Call me Ishmael.\n\nOr not."}
    assert await writer.tell("chapter:update", change) == {"chapterId": chapter.pk, "version": 2}
    ids = (await make(Chapter.objects.get, pk=chapter.pk)).paragraph_ids
    events = [await reader.event("chapter:updated") for _ in range(2)]
    assert {event["room"] for event in events} == {f"book:{book.pk}", f"chapter:{chapter.pk}"}
    for event in events:
        payload = event["payload"]
        assert (payload["version"], payload["title"], payload["changedParagraphs"]) == (2, "New", ids[1:])
    stale = await writer.ask("chapter:update", change)
    assert (stale["error"]["code"], stale["error"]["details"]) == ("VERSION_CONFLICT", {"version": 2})


async def a_release_reaches_the_book_the_followers_and_once_the_bell(world: World) -> None:
    book, _, author = await a_chapter()
    reader = await somebody()
    await make(subscribe, actor=reader, book_id=book.pk)
    await make(follow, actor=reader, user=author)
    client, writer = await world.client(reader, ""), await world.client(author)
    draft = await make(library.draft, book, title="The Chapel")
    answer = await writer.tell("chapter:publish", {"chapterId": draft.pk})
    assert answer["number"] == 2
    events = [await client.event("chapter:available") for _ in range(2)]
    assert {event["room"] for event in events} == {f"book:{book.pk}", f"author:{author.pk}:followers"}
    payload = events[0]["payload"]
    assert (payload["bookId"], payload["chapterId"], payload["title"], payload["number"]) == (
        book.pk,
        draft.pk,
        "The Chapel",
        2,
    )
    assert (payload["audioUrl"], payload["narratorName"]) == (None, None)
    await world.jobs()
    bell = (await client.wait(lambda frame: frame.get("type") == "notification", anywhere=True))["payload"]
    assert (bell["type"], bell["chapterId"], bell["count"]) == ("CHAPTER_PUBLISHED", draft.pk, 1)
    silent = await make(library.draft, book)
    await writer.tell("chapter:publish", {"chapterId": silent.pk, "silent": True})
    assert (await client.event("chapter:available"))["payload"]["chapterId"] == silent.pk
    await world.jobs()
    # Whatever the silent release had set off would stand before this comment's.
    await make(library.comment, draft, author=author, text="Thanks for reading.")
    assert len(heard(client, "notification")) == 1


async def a_comment_is_heard_in_the_chapter_and_by_the_author(world: World) -> None:
    _, chapter, author = await a_chapter()
    person = await somebody()
    reader, bell = await world.client(person), await world.client(author, "")
    await bell.tell("chapter:join", {"chapterId": chapter.pk})
    posted = await reader.tell("comment:post", {"chapterId": chapter.pk, "text": "A" * 60})
    payload = (await bell.event("comment:new"))["payload"]
    assert payload == posted
    assert (payload["text"], payload["author"], payload["parentId"]) == ("A" * 60, person.username, None)
    assert payload["createdAt"] > 1_600_000_000_000
    notice = await bell.wait(lambda frame: frame.get("type") == "notification", anywhere=True)
    assert (notice["payload"]["type"], notice["payload"]["message"]) == ("COMMENT_ON_BOOK", "A" * 50)
    assert notice["payload"]["commentId"] == posted["id"]
    assert notice["room"] == f"notifications:{author.pk}"
    answered = await world.client(person, "")
    await bell.tell("comment:post", {"chapterId": chapter.pk, "text": "Aye.", "parentId": posted["id"]})
    assert (await answered.event("notification"))["payload"]["message"] == "Aye."


async def a_comment_can_be_edited_reacted_to_and_deleted(world: World) -> None:
    _, chapter, author = await a_chapter()
    writer, watcher = await world.client(await somebody()), await world.client(author)
    await watcher.tell("chapter:join", {"chapterId": chapter.pk})
    said = (await writer.tell("comment:post", {"chapterId": chapter.pk, "text": "Ahoi"}))["id"]
    edited = await writer.tell("comment:edit", {"commentId": said, "text": "Ahoy"})
    assert edited["text"] == "Ahoy"
    assert (await watcher.event("comment:updated"))["payload"]["text"] == "Ahoy"
    for on, counts in ((True, {"love": 1}), (False, {})):
        answer = await watcher.tell("comment:react", {"commentId": said, "kind": "love", "on": on})
        assert answer == {"commentId": said, "reactions": counts}
        assert (await watcher.event("reaction:changed"))["payload"]["reactions"] == counts
    refused = await (await world.client(await somebody())).ask("comment:delete", {"commentId": said})
    assert refused["error"]["code"] == "FORBIDDEN"
    await writer.tell("comment:delete", {"commentId": said})
    assert (await watcher.event("comment:deleted"))["payload"]["id"] == said


async def a_review_is_heard_in_the_book(world: World) -> None:
    book, chapter, author = await a_chapter()
    reader = await make(library.reader_of, chapter)
    client, watcher = await world.client(reader), await world.client(author)
    await watcher.tell("book:join", {"bookId": book.pk})
    review = {"bookId": book.pk, "rating": 4, "text": "Long."}
    posted = await client.tell("review:post", review)
    assert (await watcher.event("review:new"))["payload"] == posted
    assert (posted["rating"], posted["averageRating"], posted["reviewCount"]) == (4, 4.0, 1)
    assert (await client.ask("review:post", review))["error"]["code"] == "CONFLICT"
    stranger = await world.client(await somebody())
    assert (await stranger.ask("review:post", review))["error"]["code"] == "NOT_OPENED_YET"


async def who_types_is_seen_by_the_others_and_stops_by_word_or_by_silence(world: World) -> None:
    _, chapter, author = await a_chapter()
    reader = await somebody()
    watcher, typist = await world.client(author), await world.client(reader)
    wanted = {"chapterId": chapter.pk, "kind": "commenting"}
    for client in (watcher, typist):
        await client.tell("chapter:join", {"chapterId": chapter.pk})
    for word in (True, False):
        await typist.tell("text:typing", wanted)
        event = await watcher.event("editors:typing")
        assert event["room"] == f"chapter:{chapter.pk}"
        [seen] = event["payload"]["typing"]
        assert (seen["userId"], seen["username"]) == (reader.pk, reader.username)
        if word:
            await typist.tell("text:stopTyping", wanted)
        assert (await watcher.event("editors:typing"))["payload"]["typing"] == []
    assert not any(event["typing"] for event in heard(typist, "editors:typing"))


async def who_writes_in_a_draft_is_seen_with_the_caret_by_editors_alone(world: World) -> None:
    book, _, author = await a_chapter()
    draft = await make(library.draft, book)
    editor = await make(library.worker_on, book)
    writer, watcher, stranger = [await world.client(person) for person in (author, editor, await somebody())]
    for client in (writer, watcher):
        await client.tell("draft:join", {"chapterId": draft.pk})
    await writer.tell("text:typing", {"chapterId": draft.pk, "kind": "writing", "position": 7})
    event = await watcher.event("editors:typing")
    assert event["room"] == f"draft:{draft.pk}"
    assert [(seen["userId"], seen["position"]) for seen in event["payload"]["typing"]] == [(author.pk, 7)]
    for command in ("draft:join", "chapter:join"):
        assert (await stranger.ask(command, {"chapterId": draft.pk}))["error"]["code"] == "NOT_FOUND"


async def a_place_is_told_to_the_readers_other_devices(world: World) -> None:
    book, chapter, _ = await a_chapter()
    reader = await somebody()
    phone, desktop = await world.client(reader), await world.client(reader)
    await phone.tell("progress:save", {"chapterId": chapter.pk, "position": 0.25, "paragraph": "0123456789ab"})
    payload = (await desktop.event("progress:changed"))["payload"]
    assert (payload["bookId"], payload["chapterId"], payload["position"], payload["paragraph"]) == (
        book.pk,
        chapter.pk,
        0.25,
        "0123456789ab",
    )
    await desktop.tell("progress:save", {"chapterId": chapter.pk, "position": 0.5})
    assert (await phone.event("progress:changed"))["payload"]["position"] == 0.5
    assert len(heard(phone, "progress:changed")) == len(heard(desktop, "progress:changed")) == 1


async def a_command_sent_again_takes_effect_once(world: World) -> None:
    _, chapter, author = await a_chapter()
    client = await world.client(author)
    await client.tell("chapter:join", {"chapterId": chapter.pk})
    comment = {"chapterId": chapter.pk, "text": "Once."}
    first = await client.ask("comment:post", comment, request_id="the-same")
    client.frames.remove(first)
    second = await client.ask("comment:post", comment, request_id="the-same")
    assert second["data"] == first["data"]
    assert await make(chapter.comments.count) == 1


async def what_is_wrong_is_answered_and_the_connection_lives(world: World) -> None:
    _, chapter, _ = await a_chapter()
    client = await world.client(await somebody())
    for command, payload, code in (
        ("comment:post", {"chapterId": chapter.pk}, "VALIDATION"),
        ("comment:post", {"chapterId": chapter.pk, "text": 7}, "VALIDATION"),
        ("comment:post", {"chapterId": chapter.pk, "text": "x", "author": "me"}, "VALIDATION"),
        ("comment:post", {"chapterId": chapter.pk, "text": "x" * 10_001}, "VALIDATION"),
        ("comment:post", {"chapterId": chapter.pk, "text": "\0"}, "VALIDATION"),
        ("comment:post", {"chapterId": 2**63, "text": "x"}, "VALIDATION"),
        ("comment:post", {"chapterId": 2**62, "text": "x"}, "NOT_FOUND"),
        ("book:join", {"bookId": 2**62}, "NOT_FOUND"),
        ("chapter:publish", {"chapterId": chapter.pk}, "FORBIDDEN"),
        ("book:subscribe", {"bookId": chapter.book_id, "level": "loud"}, "VALIDATION"),
        ("progress:save", {"chapterId": chapter.pk, "position": 2}, "VALIDATION"),
        ("book:burn", {}, "UNKNOWN_COMMAND"),
    ):
        answer = await client.ask(command, payload)
        assert (answer["success"], answer["error"]["code"]) == (False, code), (command, payload)
        assert {"code", "message", "retryable"} <= set(answer["error"])
    assert (await client.tell("session:ping"))["time"]


async def nobody_reads_along_but_writes_nothing(world: World) -> None:
    book, chapter, _ = await a_chapter()
    client = await world.client()
    joined = await client.tell("book:join", {"bookId": book.pk})
    assert (joined["userCount"], joined["guestCount"]) == (0, 1)
    refused = await client.ask("comment:post", {"chapterId": chapter.pk, "text": "x"})
    assert refused["error"]["code"] == "UNAUTHENTICATED"


async def a_private_book_is_not_there_for_strangers_and_ends_with_the_invitation(world: World) -> None:
    book, chapter, author = await a_chapter(visibility="private")
    stranger, guest = await world.client(await somebody()), await somebody()
    for command, payload in (("book:join", {"bookId": book.pk}), ("chapter:join", {"chapterId": chapter.pk})):
        assert (await stranger.ask(command, payload))["error"]["code"] == "NOT_FOUND"
    invitation = await make(invite_reader, actor=author, book_id=book.pk, user_id=guest.pk)
    await make(accept_invitation, actor=guest, invitation_id=invitation.pk)
    reader = await world.client(guest)
    await reader.tell("book:join", {"bookId": book.pk})
    await make(library.chapter, book)
    await reader.event("chapter:available")
    await make(end_invitation, actor=author, invitation_id=invitation.pk)
    await reader.wait(lambda frame: frame.get("type") == "room:left")
    await make(library.chapter, book)
    assert (await reader.ask("book:join", {"bookId": book.pk}))["error"]["code"] == "NOT_FOUND"
    assert len(heard(reader, "chapter:available")) == 1


LINES = [
    entering_a_book_counts_a_person_once_and_leaving_with_the_last_device,
    coming_back_with_a_position_brings_what_was_missed,
    a_chapter_has_readers_of_its_own,
    readers_can_be_counted,
    a_subscription_is_known_on_all_devices_and_changes_what_they_hear,
    what_one_subscribes_to_is_heard_from_the_start,
    following_an_author_brings_all_their_public_books,
    who_follows_no_longer_hears_no_longer,
    an_authors_change_is_heard_in_the_book_and_the_chapter,
    a_release_reaches_the_book_the_followers_and_once_the_bell,
    a_comment_is_heard_in_the_chapter_and_by_the_author,
    a_comment_can_be_edited_reacted_to_and_deleted,
    a_review_is_heard_in_the_book,
    who_types_is_seen_by_the_others_and_stops_by_word_or_by_silence,
    who_writes_in_a_draft_is_seen_with_the_caret_by_editors_alone,
    a_place_is_told_to_the_readers_other_devices,
    a_command_sent_again_takes_effect_once,
    what_is_wrong_is_answered_and_the_connection_lives,
    nobody_reads_along_but_writes_nothing,
    a_private_book_is_not_there_for_strangers_and_ends_with_the_invitation,
]
