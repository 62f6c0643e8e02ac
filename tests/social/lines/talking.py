"""What is said: messages, answers, links, history, and what is wrong with a command."""

from typing import Any

from tests.books import library
from tests.books.lines import somebody
from tests.social import rooms
from tests.social.lines.scenes import a_group, refusal, talker
from tests.world import World, make


async def what_is_said_is_heard_by_all_the_sender_too(world: World) -> None:
    group, owner = await a_group()
    person = await make(rooms.member_of, group)
    sender, other = await talker(world, person, group), await talker(world, owner, group)
    said = await sender.tell("message:send", {"roomId": group.pk, "text": "Thar she blows!", "type": "TEXT"})
    assert (said["number"], said["type"], said["sender"]["id"]) == (1, "text", person.pk)
    for hears in (sender, other):
        assert (await hears.event("message:new"))["payload"] == said
    answer = {"groupId": group.pk, "content": "Where?", "replyToId": said["id"]}
    reply = await other.tell("send_message", answer)
    assert reply["replyTo"] == {
        "id": said["id"],
        "number": 1,
        "senderId": person.pk,
        "senderName": person.username,
    }
    assert (await other.tell("chatMessage", {"roomId": group.pk, "message": "There!"}))["number"] == 3
    away = await world.client(person, "social")
    assert await refusal(away, "message:send", roomId=group.pk, text="From afar") == "NOT_JOINED"
    stranger = await world.client(await somebody(), "social")
    assert await refusal(stranger, "message:send", roomId=group.pk, text="x") == "NOT_MEMBER"
    assert await refusal(stranger, "message:send", roomId=2**62, text="x") == "ROOM_NOT_FOUND"
    assert await refusal(sender, "message:send", roomId=group.pk, text=" ") == "VALIDATION"
    assert await refusal(sender, "message:send", roomId=group.pk, text="x" * 4_001) == "VALIDATION"


async def a_message_sent_again_is_said_once(world: World) -> None:
    group, owner = await a_group()
    client = await talker(world, owner, group)
    message = {"roomId": group.pk, "text": "Once."}
    first = await client.ask("message:send", message, request_id="the-same")
    client.frames.remove(first)
    second = await client.ask("message:send", message, request_id="the-same")
    assert second["data"] == first["data"]
    assert await make(group.messages.count) == 1


async def a_message_can_be_edited_reacted_to_and_deleted(world: World) -> None:
    group, owner = await a_group()
    person = await make(rooms.member_of, group)
    writer, moderator = await talker(world, person, group), await talker(world, owner, group)
    said = await writer.tell("message:send", {"roomId": group.pk, "text": "Ahoi"})
    edited = await writer.tell("message:edit", {"messageId": said["id"], "text": "Ahoy"})
    assert (edited["text"], edited["editedAt"] is None) == ("Ahoy", False)
    assert (await moderator.event("message:updated"))["payload"]["text"] == "Ahoy"
    assert await refusal(moderator, "message:edit", messageId=said["id"], text="Mine") == "FORBIDDEN"
    for on, counts in ((True, {"love": 1}), (False, {})):
        answer = await moderator.tell("message:react", {"messageId": said["id"], "kind": "love", "on": on})
        assert answer == {"messageId": said["id"], "reactions": counts}
        payload = (await writer.event("reaction:changed"))["payload"]
        assert (payload["messageId"], payload["roomId"], payload["reactions"]) == (said["id"], group.pk, counts)
    theirs = await moderator.tell("message:send", {"roomId": group.pk, "text": "Quiet, please."})
    assert await refusal(writer, "message:delete", messageId=theirs["id"]) == "FORBIDDEN"
    await moderator.tell("message:delete", {"messageId": said["id"]})
    payload = (await writer.event("message:deleted"))["payload"]
    assert (payload["id"], payload["number"], payload["moderated"]) == (said["id"], 1, True)
    # Whoever comes later finds its place, and nothing of its words.
    late = await world.client(person, "social")
    joined = await late.tell("room:join", {"roomId": group.pk, "since": {"epoch": "", "seq": 0}})
    assert [(message["text"], message["deleted"]) for message in joined["messages"]] == [
        ("", True),
        ("Quiet, please.", False),
    ]
    assert not any("Ahoy" in str(frame) for frame in late.frames)


async def who_is_named_or_answered_is_told_in_the_bell(world: World) -> None:
    group, owner = await a_group()
    person = await make(rooms.member_of, group)
    speaker, bell = await talker(world, owner, group), await world.client(person, "")
    said = await speaker.tell("message:send", {"roomId": group.pk, "text": f"Here, @{person.username}, @nobody."})
    assert said["mentions"] == [person.pk]
    payload = (await bell.event("notification"))["payload"]
    assert (payload["type"], payload["groupId"], payload["messageId"]) == ("GROUP_MENTION", group.pk, said["id"])
    assert payload["url"] == f"/rooms/{group.slug}/#message-1"
    theirs = await make(rooms.message, group, person)
    await speaker.tell("message:send", {"roomId": group.pk, "text": "Indeed.", "replyToId": theirs.pk})
    assert (await bell.event("notification"))["payload"]["type"] == "GROUP_REPLY"


async def links_to_public_chapters_unfold(world: World) -> None:
    group, owner = await a_group()
    client = await talker(world, owner, group)
    book, chapter = await make(book_and_chapter)
    private, _ = await make(book_and_chapter, visibility="private")
    text = f"Read https://livrya.example/books/{book.slug}/1/ and /books/{private.slug}/1/, or /books/none/7/."
    said = await client.tell("message:send", {"roomId": group.pk, "text": text})
    assert [(link["chapterId"], link["bookTitle"], link["url"]) for link in said["links"]] == [
        (chapter.pk, book.title, f"/books/{book.slug}/1/")
    ]


def book_and_chapter(**description: Any) -> tuple[Any, Any]:
    book = library.book(**description)
    return book, library.chapter(book)


async def history_comes_by_number_and_words_are_found(world: World) -> None:
    group, owner = await a_group()
    for number in range(1, 8):
        await make(rooms.message, group, text=f"Whale {number}" if number % 2 else f"Ship {number}")
    client = await world.client(owner, "social")
    page = await client.tell("room:history", {"roomId": group.pk, "limit": 3})
    assert ([message["number"] for message in page["messages"]], page["before"]) == ([5, 6, 7], 5)
    page = await client.tell("room:history", {"roomId": group.pk, "before": 3, "limit": 3})
    assert ([message["number"] for message in page["messages"]], page["before"]) == ([1, 2], None)
    found = await client.tell("message:search", {"query": "whale", "limit": 3})
    assert [message["number"] for message in found["messages"]] == [7, 5, 3]
    found = await client.tell("message:search", {"query": "whale", "limit": 3, "cursor": found["cursor"]})
    assert ([message["number"] for message in found["messages"]], found["cursor"]) == ([1], None)
    stranger = await world.client(await somebody(), "social")
    assert (await stranger.tell("message:search", {"query": "whale"}))["messages"] == []
    assert await refusal(stranger, "message:search", query="whale", roomId=group.pk) == "NOT_MEMBER"
    assert await refusal(stranger, "room:history", roomId=group.pk) == "NOT_MEMBER"


async def what_is_wrong_is_answered_and_the_connection_lives(world: World) -> None:
    group, owner = await a_group()
    client = await talker(world, owner, group)
    for command, payload, code in (
        ("message:send", {"roomId": group.pk, "text": 7}, "VALIDATION"),
        ("message:send", {"roomId": group.pk, "text": "\0"}, "VALIDATION"),
        ("message:send", {"roomId": group.pk, "text": "x", "sender": 1}, "VALIDATION"),
        ("message:send", {"roomId": group.pk, "text": "x", "type": "poem"}, "VALIDATION"),
        ("message:send", {"roomId": group.pk, "text": "x", "replyToId": 2**62}, "VALIDATION"),
        ("message:send", {"roomId": group.pk, "attachments": [2**62]}, "VALIDATION"),
        ("message:edit", {"messageId": 2**62, "text": "x"}, "NOT_FOUND"),
        ("message:react", {"messageId": 2**62}, "NOT_FOUND"),
        ("message:read", {"roomId": group.pk, "number": -1}, "VALIDATION"),
        ("message:search", {"query": "x", "cursor": "what?"}, "VALIDATION"),
        ("room:create", {"name": ""}, "VALIDATION"),
        ("room:create", {"name": "x" * 81}, "VALIDATION"),
        ("room:create", {"name": "x", "maxUsers": 1}, "VALIDATION"),
        ("room:invite", {"roomId": group.pk, "userId": 2**62}, "VALIDATION"),
        ("room:role", {"roomId": group.pk, "userId": owner.pk, "role": "king"}, "VALIDATION"),
        ("room:role", {"roomId": group.pk, "userId": owner.pk, "role": "member"}, "CONFLICT"),
        ("room:kick", {"roomId": group.pk, "userId": 2**62}, "NOT_FOUND"),
        ("room:ban", {"roomId": group.pk, "userId": owner.pk}, "CONFLICT"),
        ("room:slowmode", {"roomId": group.pk, "seconds": 3_601}, "VALIDATION"),
        ("room:burn", {}, "UNKNOWN_COMMAND"),
    ):
        answer = await client.ask(command, payload)
        assert (answer["success"], answer["error"]["code"]) == (False, code), (command, payload, answer)
    assert (await client.tell("session:ping"))["time"]


LINES = [
    what_is_said_is_heard_by_all_the_sender_too,
    a_message_sent_again_is_said_once,
    a_message_can_be_edited_reacted_to_and_deleted,
    who_is_named_or_answered_is_told_in_the_bell,
    links_to_public_chapters_unfold,
    history_comes_by_number_and_words_are_found,
    what_is_wrong_is_answered_and_the_connection_lives,
]
