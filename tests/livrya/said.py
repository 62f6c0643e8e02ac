"""What a stock client says to the product: every command and every older name of one, its arguments by position
where it takes any, ids as text as often as not.

A row has the name, the arguments, and what the ack's `data` must hold. Rows of one command stand in the order of the
table's story. A new command wants a row here: `tests/livrya/test_stock_clients.py` says which is missing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from asgiref.sync import sync_to_async

from livrya.accounts.models import User
from livrya.accounts.services import tokens
from tests.books import library
from tests.social import rooms

Person = Literal["reader", "author", "staff"]


@dataclass
class World:
    """What one walk through the table is about; `answers` are the acks so far, by name."""

    people: dict[Person, User]
    book: int
    chapter: int
    drafts: list[int]
    group: int
    room: str = ""
    answers: dict[str, Any] = field(default_factory=dict)

    def token(self, person: Person) -> str:
        return tokens.issue(user=self.people[person]).access


def make_world() -> World:
    author, reader = library.somebody(), library.somebody()
    book = library.book(author)
    chapter = library.chapter(book)
    group = rooms.group(author)
    rooms.member_of(group, reader)
    return World(
        people={"author": author, "reader": reader, "staff": library.somebody(is_staff=True, is_superuser=True)},
        book=book.pk,
        chapter=chapter.pk,
        drafts=[library.draft(book).pk for _ in range(2)],
        group=group.pk,
    )


# The room in which a namespace's rows for every namespace play; None where there is no room to enter.
ROOMS: dict[str, Callable[[World], str] | None] = {
    "/": lambda world: f"book:{world.book}",
    "/books": lambda world: f"chapter:{world.chapter}",
    "/social": lambda world: f"group:{world.group}",
    "/rooms": lambda world: f"group:{world.group}",
    "/notifications": lambda world: f"notifications:{world.people['reader'].pk}",
    "/admin": None,
}

Arguments = Callable[[World], list[Any]]
Data = Callable[[World], dict[str, Any] | None]


@dataclass(frozen=True)
class Row:
    """One thing that is said, and by whom. `data` is what the answer's must hold at least; None: there is no data."""

    name: str
    arguments: Arguments
    data: Data
    by: Person = "reader"
    in_a_room: bool = False


def _nothing(world: World) -> dict[str, Any] | None:
    return None


def _anything(world: World) -> dict[str, Any] | None:
    return {}


STANDARD = [
    Row("session:ping", lambda w: [], _anything),
    Row("ping", lambda w: [], _anything),
    Row("auth:refresh", lambda w: [w.answers["token"]], _anything),
    Row("session:resume", lambda w: [{"rooms": {w.room: None}}], lambda w: {w.room: ...}, in_a_room=True),
    Row("rejoin-rooms", lambda w: [{"rooms": [w.room]}], lambda w: {w.room: ...}, in_a_room=True),
    Row("rejoin-rooms", lambda w: [[w.room]], lambda w: {w.room: ...}, in_a_room=True),
    Row("sync-events", lambda w: [{"since": w.answers["last"]}], lambda w: {w.room: ...}, in_a_room=True),
    Row("sync-events", lambda w: [w.answers["last"]], lambda w: {w.room: ...}, in_a_room=True),
    Row("room:subscribe", lambda w: [w.room], lambda w: {"room": w.room}, in_a_room=True),
    Row("presence:list", lambda w: [w.room], lambda w: {"userCount": ...}, in_a_room=True),
    Row("presence:away", lambda w: [], _nothing, in_a_room=True),
    Row("presence:here", lambda w: [], _nothing, in_a_room=True),
    Row("room:unsubscribe", lambda w: [w.room], _nothing, in_a_room=True),
]

BOOKS = [
    Row("book:join", lambda w: [str(w.book), "a name that somebody claims"], lambda w: {"room": f"book:{w.book}"}),
    Row("book:join", lambda w: [{"bookId": str(w.book)}], lambda w: {"room": f"book:{w.book}"}, by="author"),
    Row("join", lambda w: [w.book], lambda w: {"room": f"book:{w.book}"}),
    Row("get:readerCount", lambda w: [str(w.book)], lambda w: {"count": 2, "guestCount": 0}),
    Row("book:subscribe", lambda w: [str(w.book), "chapters"], lambda w: {"bookId": w.book, "level": "chapters"}),
    Row("book:unsubscribe", lambda w: [w.book], lambda w: {"bookId": w.book, "level": None}),
    Row("chapter:join", lambda w: [str(w.chapter)], lambda w: {"room": f"chapter:{w.chapter}"}),
    Row("chapter:join", lambda w: [w.chapter], lambda w: {"room": f"chapter:{w.chapter}"}, by="author"),
    Row("text:typing", lambda w: [str(w.chapter), 12], _nothing),
    Row("text:stopTyping", lambda w: [str(w.chapter)], _nothing),
    Row(
        "chapter:update",
        lambda w: [str(w.book), str(w.chapter), {"title": "Loomings again"}],
        lambda w: {"chapterId": w.chapter},
        by="author",
    ),
    Row("chapter:published", lambda w: [str(w.book), str(w.drafts[0])], lambda w: {"bookId": w.book}, by="author"),
    Row("chapter:publish", lambda w: [w.drafts[1]], lambda w: {"chapterId": w.drafts[1]}, by="author"),
    Row(
        "comment:post",
        lambda w: [str(w.chapter), "Ahoy!"],
        lambda w: {"text": "Ahoy!", "authorId": w.people["reader"].pk},
    ),
    Row("comment:edit", lambda w: [w.answers["comment:post"]["id"], "Avast!"], lambda w: {"text": "Avast!"}),
    Row("comment:react", lambda w: [str(w.answers["comment:post"]["id"])], lambda w: {"reactions": {"like": 1}}),
    Row(
        "comment:delete",
        lambda w: [str(w.answers["comment:post"]["id"])],
        lambda w: {"commentId": w.answers["comment:post"]["id"]},
    ),
    Row("progress:save", lambda w: [str(w.chapter), 0.5], lambda w: {"chapterId": w.chapter, "position": 0.5}),
    Row("review:post", lambda w: [str(w.book), 5, "Long."], lambda w: {"rating": 5, "text": "Long."}),
    Row("chapter:leave", lambda w: [str(w.chapter)], lambda w: {"room": f"chapter:{w.chapter}"}),
    Row("book:leave", lambda w: [str(w.book), "a name"], lambda w: {"room": f"book:{w.book}"}),
    Row("draft:join", lambda w: [str(w.drafts[0])], lambda w: {"room": f"draft:{w.drafts[0]}"}, by="author"),
    Row(
        "draft:open",
        lambda w: [w.drafts[0]],
        lambda w: {"role": "write", "awareness": []},
        by="author",
    ),
    Row(
        "draft:sync",
        lambda w: [w.drafts[0], w.answers["draft:open"]["epoch"], w.answers["draft:open"]["vector"]],
        lambda w: {"vector": w.answers["draft:open"]["vector"]},
        by="author",
    ),
    Row(
        "draft:update",
        lambda w: [w.drafts[0], w.answers["draft:open"]["epoch"], w.answers["draft:open"]["update"]],
        lambda w: {"changed": False},
        by="author",
    ),
    Row(
        "draft:awareness",
        lambda w: [w.drafts[0], w.answers["draft:open"]["epoch"], "5", 1, {"cursor": None}],
        _nothing,
        by="author",
    ),
    Row("draft:clashes", lambda w: [str(w.drafts[0])], lambda w: {"clashes": []}, by="author"),
    Row("draft:settle", lambda w: [w.drafts[0], "1"], lambda w: {"clashId": 1, "isOurs": False}, by="author"),
    Row("draft:leave", lambda w: [w.drafts[0]], lambda w: {"room": f"draft:{w.drafts[0]}"}, by="author"),
]

PEOPLE = [
    Row("contact:list", lambda w: [], lambda w: {"contacts": []}),
    *(
        Row(name, lambda w: [str(w.people["author"].pk)], lambda w, field=field, on=on: {field: on})  # type: ignore[misc]  # mypy infers no default of a lambda
        for name, field, on in (
            ("user:follow", "following", True),
            ("user:unfollow", "following", False),
            ("user:mute", "muted", True),
            ("user:unmute", "muted", False),
            ("user:block", "blocked", True),
            ("user:unblock", "blocked", False),
        )
    ),
]

BELL = [
    Row("notification:list", lambda w: [], lambda w: {"unread": ...}),
    Row("notification:read", lambda w: [["7", 8]], lambda w: {"unread": ...}),
    Row("notification:read", lambda w: [{"all": True}], lambda w: {"unread": 0}),
]

STAFF = [
    Row("announce", lambda w: ["All hands!"], lambda w: {"text": "All hands!"}, by="staff"),
    Row("announcement:withdraw", lambda w: [str(w.answers["announce"]["id"])], _nothing, by="staff"),
    Row("stats:subscribe", lambda w: [60], lambda w: {"intervalSeconds": 60}, by="staff"),
    Row("session:list", lambda w: [f"book:{w.book}"], lambda w: {"sessions": ...}, by="staff"),
    Row("fetchSockets", lambda w: [f"book:{w.book}"], lambda w: {"sessions": ...}, by="staff"),
    Row(
        "user:disconnect",
        lambda w: [str(w.people["reader"].pk), "Have a break."],
        lambda w: {"userId": w.people["reader"].pk},
        by="staff",
    ),
    Row("room:close", lambda w: [f"group:{w.group}", "Spam."], lambda w: {"room": f"group:{w.group}"}, by="staff"),
]


def _staff(world: World) -> str:
    return str(world.people["staff"].pk)


def _in_group(world: World) -> dict[str, Any]:
    return {"roomId": world.group}


def _about_staff(world: World) -> dict[str, Any]:
    return {"roomId": world.group, "userId": world.people["staff"].pk}


_JOINED = {"room": ..., "members": ..., "messages": ..., "position": ...}

GROUPS = [
    Row(
        "report:create",
        lambda w: ["person", str(w.people["author"].pk), "They are rude."],
        lambda w: {"kind": "person", "state": "open"},
    ),
    Row("room:create", lambda w: [{"name": "Tides", "persistent": True}], lambda w: {"room": ...}, by="author"),
    Row("createRoom", lambda w: [{"name": "Ebb", "isPublic": False}], lambda w: {"room": ...}, by="author"),
    Row("room:join", lambda w: [{"roomId": str(w.group), "since": None}], lambda w: _JOINED),
    Row("room:join", lambda w: [w.group], lambda w: _JOINED, by="author"),
    Row("joinRoom", lambda w: [{"roomId": str(w.group), "password": "not asked for"}], lambda w: _JOINED),
    Row("join_group", lambda w: [str(w.group)], lambda w: _JOINED),
    Row("room:info", lambda w: [str(w.group)], lambda w: {"onlineCount": 2, "socketCount": 2}),
    Row("get_room_info", lambda w: [{"groupId": str(w.group)}], lambda w: {"onlineUsers": ..., "socketCount": 2}),
    Row("typing:start", lambda w: [str(w.group)], _nothing),
    Row("typing:stop", lambda w: [str(w.group)], _nothing),
    Row("typing_start", lambda w: [{"groupId": str(w.group)}], _nothing),
    Row("typing_stop", lambda w: [{"groupId": str(w.group)}], _nothing),
    Row("message:send", lambda w: [str(w.group), "Ahoy!"], lambda w: {"text": "Ahoy!", "number": 1}),
    Row("sendMessage", lambda w: [{"roomId": str(w.group), "text": "Hey", "attachments": []}], lambda w: {"number": 2}),
    Row(
        "send_message",
        lambda w: [
            {"groupId": str(w.group), "content": "Hi", "type": "TEXT", "replyToId": str(w.answers["sendMessage"]["id"])}
        ],
        lambda w: {"text": "Hi", "replyTo": ...},
    ),
    Row("chatMessage", lambda w: [{"roomId": str(w.group), "message": "Ho"}], lambda w: {"text": "Ho"}),
    Row("message:edit", lambda w: [str(w.answers["message:send"]["id"]), "Avast!"], lambda w: {"text": "Avast!"}),
    Row("message:react", lambda w: [str(w.answers["message:send"]["id"])], lambda w: {"reactions": {"like": 1}}),
    Row("message:read", lambda w: [str(w.group), 1], lambda w: {"number": 1, "unreadCount": 3}),
    Row("room:history", lambda w: [str(w.group)], lambda w: {"messages": ..., "before": None}),
    Row("message:search", lambda w: ["avast"], lambda w: {"messages": ..., "cursor": None}),
    Row(
        "message:delete",
        lambda w: [str(w.answers["message:send"]["id"])],
        lambda w: {"messageId": w.answers["message:send"]["id"]},
    ),
    Row("call:start", lambda w: [str(w.group)], lambda w: {"participantCount": 1}),
    Row("call:join", lambda w: [str(w.group)], lambda w: {"participantCount": 2}, by="author"),
    Row("call:leave", lambda w: [str(w.group)], lambda w: {"participantCount": 1}),
    Row("room:invite", lambda w: [str(w.group), _staff(w)], _about_staff),
    Row("inviteToRoom", lambda w: [{"roomId": str(w.group), "userId": _staff(w)}], _about_staff),
    Row("room:uninvite", lambda w: [str(w.group), _staff(w)], _about_staff),
    Row("invite:decline", lambda w: [str(w.group)], _in_group, by="staff"),
    Row("room:link", lambda w: [str(w.group)], lambda w: {"token": ..., "url": ...}),
    Row("room:update", lambda w: [{"roomId": str(w.group), "name": "Neap"}], lambda w: {"room": ...}, by="author"),
    Row("room:slowmode", lambda w: [str(w.group), 0], lambda w: {"room": ...}, by="author"),
    Row(
        "room:role",
        lambda w: [str(w.group), str(w.people["reader"].pk), "moderator"],
        lambda w: {"role": "moderator"},
        by="author",
    ),
    Row("room:ban", lambda w: [str(w.group), _staff(w), "Not today."], _about_staff, by="author"),
    Row("room:unban", lambda w: [str(w.group), _staff(w)], _about_staff, by="author"),
    Row("room:join", lambda w: [str(w.group)], lambda w: _JOINED, by="staff"),
    Row("room:kick", lambda w: [str(w.group), _staff(w), "Good night."], _about_staff, by="author"),
    Row("room:leave", lambda w: [str(w.group)], _in_group),
    Row("room:join", lambda w: [str(w.group)], lambda w: _JOINED),
    Row("leaveRoom", lambda w: [str(w.group)], _in_group),
    Row("room:join", lambda w: [str(w.group)], lambda w: _JOINED),
    Row("leave_group", lambda w: [str(w.group)], _in_group),
    Row("room:delete", lambda w: [str(w.answers["room:create"]["room"]["id"])], lambda w: {"roomId": ...}, by="author"),
    Row("deleteRoom", lambda w: [str(w.answers["createRoom"]["room"]["id"])], lambda w: {"roomId": ...}, by="author"),
]

ROWS = [*STANDARD, *BOOKS, *GROUPS, *PEOPLE, *BELL, *STAFF]


async def in_a_thread(act: Callable[..., Any], *args: Any) -> Any:
    """Calls something that works on the database."""
    return await sync_to_async(act)(*args)
