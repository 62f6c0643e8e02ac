"""Every way in which each counted act is done; an act that is declared and not here fails a test."""

import io
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from books.models import Book, Chapter, Comment
from books.services.versions import name_version
from livrya.accounts.models import User
from livrya.accounts.services import tokens
from realtime.people.limits.acts import uncounted
from realtime.testing.client import JsonClient
from social.models import Group, Message
from social.services.entering import join_group
from social.services.groups import create_group
from social.services.invitations import make_link
from tests.books import library
from tests.livrya.accounts.doors import Enter, in_thread
from tests.livrya.accounts.people import PASSWORD, person, program

NEW_PASSWORD = "another long secret"

_numbers = count(1)


@dataclass
class Scene:
    """What the acts are done to, and who does them: a superuser, so that the admin is an edge of theirs too."""

    ada: User
    other: User
    own: Book
    draft: Chapter
    out: Chapter
    comment: Comment
    locked: Group
    """A group with a password, of which ada is no member."""
    group: Group
    message: Message
    enter: Enter
    access: str = ""

    @property
    def page(self) -> Client:
        client = Client()
        client.force_login(self.ada)
        return client

    async def socket(self, namespace: str) -> JsonClient:
        return await self.enter(self.ada, namespace)


@uncounted()
def set_scene(enter: Enter) -> Scene:
    from social.services.messages import send_message

    ada, other = person("ada", is_staff=True, is_superuser=True), person("other")
    out = library.chapter(library.book(other))
    group = create_group(actor=ada, name="The Lamp Room")
    link, _ = make_link(actor=ada, group_id=group.pk)
    assert link.pk
    join_group(actor=other, group_id=group.pk)
    own = library.book(ada)
    return Scene(
        ada=ada,
        other=other,
        own=own,
        draft=library.draft(own),
        out=out,
        comment=library.comment(out, author=ada),
        locked=create_group(actor=other, name="Locked", password="tide"),
        group=group,
        message=send_message(actor=ada, group_id=group.pk, text="Ahoy!"),
        enter=enter,
        access=tokens.issue(user=ada).access,
    )


@dataclass(frozen=True)
class Outcome:
    """How an edge has answered: refused for doing it too often, and with what wait (seconds)."""

    limited: bool
    wait_seconds: float | None = None


Way = Callable[[Scene], Any]


def _http(answer: Any) -> Outcome:
    limited = answer.status_code == 429
    assert answer.status_code < 500, answer.content
    return Outcome(limited, float(answer.headers["Retry-After"]) if limited else None)


def page(name: str, given: Callable[[Scene], Mapping[str, Any]], **path: Callable[[Scene], Any]) -> Way:
    """The form of a page, as somebody signed in sends it."""

    def do(scene: Scene) -> Outcome:
        address = reverse(name, kwargs={key: value(scene) for key, value in path.items()})
        return _http(scene.page.post(address, given(scene)))

    return do


def stranger(name: str, given: Callable[[Scene], Mapping[str, Any]]) -> Way:
    """The form of a page, as somebody sends it who is not signed in; or of the API."""

    def do(scene: Scene) -> Outcome:
        kind = {"content_type": "application/json"} if name.startswith("api-") else {}
        return _http(Client().post(reverse(name), given(scene), **kind))

    return do


def api(
    method: str,
    name: str,
    given: Callable[[Scene], Any] = lambda scene: None,
    *,
    format: str = "json",
    **path: Callable[[Scene], Any],
) -> Way:
    def do(scene: Scene) -> Outcome:
        address = reverse(name, kwargs={key: value(scene) for key, value in path.items()})
        client = program(scene.access)
        answer = client.get(address, given(scene)) if method == "get" else None
        answer = answer or getattr(client, method)(address, given(scene), format=format)
        outcome = _http(answer)
        if outcome.limited:
            assert answer.json()["code"] == "RATE_LIMITED"
            assert answer.json()["retryAfter"] > 0
        return outcome

    return do


def socket(namespace: str, command: str, payload: Callable[[Scene], dict[str, Any]]) -> Way:
    async def do(scene: Scene) -> Outcome:
        client = await scene.socket(namespace)
        answer = await client.ask(command, payload(scene))
        error = answer.get("error") or {}
        limited = error.get("code") == "RATE_LIMITED"
        return Outcome(limited, error["retryAfter"] / 1000 if limited else None)

    return do


async def do(way: Way, scene: Scene) -> Outcome:
    if way.__code__.co_flags & 0x80:  # a coroutine function: a socket's
        result: Awaitable[Outcome] = way(scene)
        return await result
    found: Outcome = await in_thread(way)(scene)
    return found


def picture() -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new("RGB", (8, 8)).save(written, "PNG")
    return SimpleUploadedFile("a.png", written.getvalue(), "image/png")


def fresh(prefix: str) -> str:
    return f"{prefix}{next(_numbers)}"


def _slug(scene: Scene) -> str:
    return scene.out.book.slug


def _own_slug(scene: Scene) -> str:
    return scene.own.slug


def _draft(scene: Scene) -> int:
    return scene.draft.pk


@uncounted()
def _version(scene: Scene) -> int:
    return name_version(actor=scene.ada, chapter_id=scene.draft.pk, name=fresh("Draft ")).pk


def _sprayed(scene: Scene) -> dict[str, str]:
    return {"username": fresh("nobody"), "password": "letmein"}


def _new_person(scene: Scene) -> dict[str, str]:
    return {"username": fresh("new"), "password": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}


def _guessed(scene: Scene) -> dict[str, str]:
    return {
        "section": "password",
        "old_password": "wrong",
        "new_password1": NEW_PASSWORD,
        "new_password2": NEW_PASSWORD,
    }


def _book_fields(scene: Scene) -> dict[str, Any]:
    return {
        "title": fresh("Typee "),
        "language": "en",
        "rating": "general",
        "progress": "ongoing",
        "visibility": "public",
    }


def _admin_book(scene: Scene) -> dict[str, Any]:
    return {**_book_fields(scene), "blurb": "", "byline": "", "licence": "", "default_note": "", "tags": ""}


WAYS: dict[str, dict[str, Way]] = {
    "sign-up": {
        "page": stranger("sign-up", _new_person),
        "api": stranger("api-sign-up", lambda s: {"username": fresh("new"), "password": PASSWORD}),
    },
    "sign-in": {
        "page": stranger("sign-in", _sprayed),
        "api": stranger("api-sign-in", _sprayed),
        "admin": stranger("admin:login", _sprayed),
    },
    "own-password": {
        "page": page("settings", _guessed),
        "api": api("post", "api-password", lambda s: {"oldPassword": "wrong", "newPassword": NEW_PASSWORD}),
        "api, closing": api("post", "api-deactivate", lambda s: {"password": "wrong"}),
    },
    "upload": {
        "page, oneself": page(
            "settings", lambda s: {"section": "profile", "display_name": "", "bio": "", "avatar": picture()}
        ),
        "page, a cover": page("desk-edit-book", lambda s: {**_book_fields(s), "cover": picture()}, slug=_own_slug),
        "api, oneself": api("put", "api-avatar", lambda s: {"avatar": picture()}, format="multipart"),
        "api, a cover": api(
            "put", "api-cover", lambda s: {"cover": picture()}, format="multipart", book_id=lambda s: s.own.pk
        ),
        "page, to import": page("desk-send-file", lambda s: {"file": SimpleUploadedFile("a.txt", b"Ahoy!")}),
        "api, to import": api(
            "post", "api-imports", lambda s: {"file": SimpleUploadedFile("a.txt", b"Ahoy!")}, format="multipart"
        ),
        "api, a file": api(
            "post", "api-attachments", lambda s: {"file": picture()}, format="multipart", group_id=lambda s: s.group.pk
        ),
    },
    "follow": {
        "page": page("follow", lambda s: {"follow": "1"}, username=lambda s: "other"),
        "api": api("put", "api-follow", username=lambda s: "other"),
        "socket": socket("/", "user:follow", lambda s: {"userId": s.other.pk}),
    },
    "ticket": {"api": api("post", "api-ticket")},
    "book": {
        "page": page("desk-new-book", _book_fields),
        "api": api("post", "api-books", lambda s: {"title": fresh("Omoo ")}),
        "admin": page("admin:books_book_add", _admin_book),
    },
    "chapter": {
        "page": page("desk-new-chapter", lambda s: {"title": "Loomings"}, slug=_own_slug),
        "api": api("post", "api-contents", lambda s: {"title": "Loomings"}, book_id=lambda s: s.own.pk),
        "admin": page("admin:books_chapter_add", lambda s: {"book": s.own.pk, "title": "Loomings", "text": "Call me."}),
    },
    "version": {
        "page": page("desk-versions", lambda s: {"name": fresh("Draft ")}, slug=_own_slug, chapter_id=_draft),
        "page, restored": page("desk-version", lambda s: {}, slug=_own_slug, chapter_id=_draft, version_id=_version),
        "api": api("post", "api-versions", lambda s: {"name": fresh("Draft ")}, chapter_id=_draft),
        "api, restored": api("post", "api-restore-version", version_id=_version),
        "api, deleted": api("delete", "api-version", version_id=_version),
    },
    "comment": {
        "page": page("reader-comment", lambda s: {"text": "Aye!"}, slug=_slug, number=lambda s: s.out.number),
        "api": api("post", "api-comments", lambda s: {"text": "Aye!"}, chapter_id=lambda s: s.out.pk),
        "api, changed": api("patch", "api-comment", lambda s: {"text": "Oh!"}, comment_id=lambda s: s.comment.pk),
        "socket": socket("/books", "comment:post", lambda s: {"chapterId": s.out.pk, "text": "Aye!"}),
        "socket, changed": socket("/", "comment:edit", lambda s: {"commentId": s.comment.pk, "text": fresh("Oh!")}),
    },
    "review": {
        "page": page("book-review", lambda s: {"rating": "3", "text": "Long."}, slug=_slug),
        "api": api("post", "api-reviews", lambda s: {"rating": 3}, book_id=lambda s: s.out.book_id),
        "socket": socket("/books", "review:post", lambda s: {"bookId": s.out.book_id, "rating": 3}),
    },
    "reaction": {
        "api": api("put", "api-reaction", comment_id=lambda s: s.comment.pk, kind=lambda s: "like"),
        "api, a message": api("put", "api-message-reaction", message_id=lambda s: s.message.pk, kind=lambda s: "like"),
        "socket": socket("/books", "comment:react", lambda s: {"commentId": s.comment.pk}),
        "socket, a message": socket("/social", "message:react", lambda s: {"messageId": s.message.pk}),
    },
    "subscription": {
        "page": page("book-subscribe", lambda s: {}, slug=_slug),
        "api": api("put", "api-subscription", lambda s: {"level": "all"}, book_id=lambda s: s.out.book_id),
        "socket": socket("/books", "book:subscribe", lambda s: {"bookId": s.out.book_id}),
    },
    "invitation": {
        "page, a link": page("room-act", lambda s: {"act": "link"}, slug=lambda s: s.group.slug),
        "page, to work": page("desk-invite", lambda s: {"username": "other", "kind": "editor"}, slug=_own_slug),
        "api, to work": api(
            "post", "api-credits", lambda s: {"userId": s.other.pk, "kind": "editor"}, book_id=lambda s: s.own.pk
        ),
        "api, to read": api("post", "api-invitations", lambda s: {"userId": s.other.pk}, book_id=lambda s: s.own.pk),
        "api, a link": api("post", "api-links", lambda s: {}, group_id=lambda s: s.group.pk),
        "socket": socket("/social", "room:invite", lambda s: {"roomId": s.group.pk, "userId": s.other.pk}),
        "socket, a link": socket("/rooms", "room:link", lambda s: {"roomId": s.group.pk}),
    },
    "group": {
        "page": page("new-room", lambda s: {"name": "Tides", "lasts": "yes"}),
        "api": api("post", "api-groups", lambda s: {"name": "Tides"}),
        "socket": socket("/social", "room:create", lambda s: {"name": "Tides"}),
        "admin": page("admin:social_group_add", lambda s: {"name": "Tides", "persistent": "on"}),
    },
    "group-join": {
        "page": page("room-join", lambda s: {"password": "guess"}, slug=lambda s: s.locked.slug),
        "api": api("put", "api-membership", lambda s: {"password": "guess"}, group_id=lambda s: s.locked.pk),
        "socket": socket("/social", "room:join", lambda s: {"roomId": s.locked.pk, "password": "guess"}),
        "socket of a page": socket("/rooms", "room:join", lambda s: {"roomId": s.locked.pk, "password": "guess"}),
    },
    "message": {
        "page": page("room-act", lambda s: {"act": "say", "text": "Aye!"}, slug=lambda s: s.group.slug),
        "api": api("post", "api-messages", lambda s: {"text": "Aye!"}, group_id=lambda s: s.group.pk),
        "api, changed": api("patch", "api-message", lambda s: {"text": "Oh!"}, message_id=lambda s: s.message.pk),
        "socket": socket("/social", "message:send", lambda s: {"roomId": s.group.pk, "text": "Aye!"}),
        "socket, changed": socket("/social", "message:edit", lambda s: {"messageId": s.message.pk, "text": "Ah!"}),
    },
    "message-search": {
        "api": api("get", "api-search-messages", lambda s: {"q": "ahoy"}),
        "socket": socket("/social", "message:search", lambda s: {"query": "ahoy"}),
    },
}
