"""What the people of the cast do, as long as they are left to."""

import asyncio
from typing import Any

from channels.db import database_sync_to_async

from livrya.accounts.models import User
from livrya.site.demo.cast.member import Member, Refused
from livrya.site.demo.cast.stage import Stage

TYPE_AGAIN_S = 1.5
"""Typing ends by itself after three seconds; whoever goes on says so twice as often."""


async def write(stage: Stage) -> None:
    """The author: writes the next card, publishes it, looks on, and so on for ever. Raises Lost, Refused."""
    member = stage.member(stage.author)
    async with member.online():
        await member.ask("book:join", bookId=stage.book.pk)
        while True:
            chapter = await database_sync_to_async(stage.prepare_card)()
            await member.ask("draft:join", chapterId=chapter.pk)
            for caret in range(0, len(chapter.text), 80):
                await member.ask("text:typing", chapterId=chapter.pk, kind="writing", position=caret)
                await stage.pause(0.8, TYPE_AGAIN_S)
            await member.ask("draft:leave", chapterId=chapter.pk)
            await member.ask("chapter:publish", chapterId=chapter.pk)
            stage.to_discuss.append(chapter.pk)
            stage.say(f"{stage.author} publishes “{chapter.title}”")
            await stage.pause(4, 8)


async def read(stage: Stage, reader: User) -> None:
    """A reader: comes, reads, says something about some chapters, goes, and comes again. Raises Lost, Refused."""
    member = stage.member(reader)
    while True:
        await stage.pause(0.5, 5)
        async with member.online():
            stage.say(f"{reader} arrives")
            for _ in range(stage.chance.randint(2, 5)):
                try:
                    await _visit(stage, member, reader)
                except Refused as refusal:
                    # A card was taken away under their eyes, or they were too fast: on to the next.
                    await asyncio.sleep(refusal.retry_after_s)
        stage.say(f"{reader} leaves")


async def _visit(stage: Stage, member: Member, reader: User) -> None:
    elsewhere = bool(stage.to_read) and stage.chance.random() < 0.3
    if elsewhere:
        book_id, chapter_id = stage.chance.choice(stage.to_read)
    else:
        # The newest is what people come for.
        book_id, chapter_id = stage.book.pk, stage.chance.choice(stage.to_discuss[-3:])
    await member.ask("book:join", bookId=book_id)
    await member.ask("chapter:join", chapterId=chapter_id)
    for step in range(1, 5):
        await stage.pause(0.6, 1.6)
        await member.ask("progress:save", chapterId=chapter_id, position=step / 4)
    if not elsewhere and stage.chance.random() < 0.7:
        await _remark(stage, member, reader, chapter_id)
    await member.ask("chapter:leave", chapterId=chapter_id)
    await member.ask("book:leave", bookId=book_id)


async def _remark(stage: Stage, member: Member, reader: User, chapter_id: int) -> None:
    text = stage.line()
    for _ in range(1 + len(text) // 25):
        await member.ask("text:typing", chapterId=chapter_id, kind="commenting")
        await stage.pause(0.7, TYPE_AGAIN_S)
    if stage.chance.random() < 0.15:
        await member.ask("text:stopTyping", chapterId=chapter_id, kind="commenting")
        return  # thought better of it
    overheard = _last_comment(member, chapter_id)
    if overheard is not None and stage.chance.random() < 0.4:
        await member.ask("comment:react", commentId=overheard, kind=stage.chance.choice(("like", "love", "laugh")))
        if stage.chance.random() < 0.5:
            await member.ask("comment:post", chapterId=chapter_id, text=text, parentId=overheard)
            stage.say(f"{reader} replies: {text}")
        return
    await member.ask("comment:post", chapterId=chapter_id, text=text)
    stage.say(f"{reader}: {text}")


async def chat(stage: Stage, talker: User, group_id: int) -> None:
    """Somebody in a group: listens, types, says something, answers or reacts to the last that was said. Raises Lost."""
    member = stage.member(talker, "social")
    async with member.online():
        await member.ask("room:join", roomId=group_id)
        while True:
            await stage.pause(3, 12)
            heard = _last_message(member, group_id)
            if heard is not None and stage.chance.random() < 0.35:
                await member.ask(
                    "message:react", messageId=heard["id"], kind=stage.chance.choice(("like", "love", "laugh"))
                )
                await member.ask("message:read", roomId=group_id, number=heard["number"])
                continue
            text = stage.line("chat")
            for _ in range(1 + len(text) // 30):
                await member.ask("typing:start", roomId=group_id)
                await stage.pause(0.8, 2)
            answers = heard["id"] if heard is not None and stage.chance.random() < 0.3 else None
            try:
                await member.ask("message:send", roomId=group_id, text=text, replyToId=answers)
            except Refused as refusal:
                # What was answered may have been taken back meanwhile, or the group is in slow mode.
                await asyncio.sleep(refusal.retry_after_s)
                continue
            stage.say(f"{talker}, in a group: {text}")


def _last_message(member: Member, group_id: int) -> dict[str, Any] | None:
    """Returns the last thing that somebody else was heard to say in the group."""
    found: dict[str, Any] | None = None
    while not member.heard.empty():
        event = member.heard.get_nowait()
        if event.get("type") == "message:new" and event["room"] == f"group:{group_id}":
            said = event["payload"]
            found = said if said["sender"]["username"] != member.name else found
    return found


def _last_comment(member: Member, chapter_id: int) -> int | None:
    """Returns the id of the last comment on the chapter that somebody else was heard to make."""
    found: int | None = None
    while not member.heard.empty():
        event = member.heard.get_nowait()
        payload = event.get("payload") or {}
        if (
            event.get("type") == "comment:new"
            and payload["author"] != member.name
            and event["room"] == f"chapter:{chapter_id}"
            and payload["parentId"] is None
        ):
            found = payload["id"]
    return found
