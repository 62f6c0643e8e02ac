"""Who sees what: things that lists leave out for somebody, and the people from whom they are kept.

`test_sight.py` and `test_sight_by_socket.py` ask for each by its number, at every edge, and expect the answer that a
number gets behind which there is nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from books.services.books import hide_book
from books.services.comments import delete_comment, hide_comment
from books.services.credits import invite_person
from books.services.reading import open_chapter
from books.services.releases import unpublish_chapter
from books.services.reviews import hide_review, post_review
from books.services.versions import name_version
from livrya.accounts.models import User
from livrya.accounts.services.access import deactivate
from livrya.accounts.services.blocking import block, mute
from social.models import Membership
from social.services.attachments import add_attachment
from social.services.entering import join_group, leave_group
from social.services.invitations import invite_person as invite_to_group
from social.services.messages import delete_message, send_message
from tests.books.library import book, chapter, comment, draft
from tests.livrya.accounts.people import person
from tests.livrya.routes import World
from tests.social.rooms import group

PERSONS = (
    "anonymous",
    "stranger",
    "guest",
    "troll",
    "former",
    "blocked",
    "blocker",
    "muter",
    "reader",
    "author",
    "staff",
)
"""Nobody; somebody; invited to the group; banned from it; who has left it; whom a member has blocked, and that member;
who has muted the reader; who reads the private book and talks in the group; the author and owner of both; staff."""

ALL_BUT_FRIENDS = ("anonymous", "stranger", "reader", "author", "staff", "former")
CASTS = dict.fromkeys(("group", "message", "attachment", "link"), PERSONS)
"""Who asks for things of a kind, where it is not these six: of the library, all the others are strangers."""

NOTHING = 2**40 + 7
"""A number that nothing has."""
NOWHERE = "nothing-of-that-name"


@dataclass(frozen=True)
class Thing:
    """Something with a number, in a state. `keys` are the arguments that lead to it; `nothing` leads nowhere."""

    kind: str
    state: str
    keys: Mapping[str, Any]
    seen_by: frozenset[str]
    nothing: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"


def furnish(world: World) -> list[Thing]:
    """Returns the things; `world` comes with its people and what the apps' routes add."""
    world.former, world.blocked, world.blocker, world.muter = (
        person(name) for name in ("former", "blocked", "blocker", "muter")
    )
    for member in (world.former, world.blocked, world.blocker, world.muter):
        invite_to_group(actor=world.author, group_id=world.group.pk, user_id=member.pk)
        _join(member, world)
    leave_group(actor=world.former, group_id=world.group.pk)
    block(actor=world.blocker, user=world.blocked)
    mute(actor=world.muter, user=world.reader)
    return [*_library(world), *_groups(world), *_people()]


def somebody(world: World, name: str) -> User | None:
    found: User | None = getattr(world, name, None)
    return found


def _join(member: User, world: World) -> None:
    join_group(actor=member, group_id=world.group.pk)


def _thing(kind: str, state: str, seen: str, keys: Mapping[str, Any], **nothing: Any) -> Thing:
    missing = {name: NOWHERE if isinstance(value, str) else NOTHING for name, value in keys.items()}
    return Thing(kind, state, keys, frozenset(seen.split()), missing | nothing)


def _library(world: World) -> list[Thing]:
    world.open = book(world.author, title="The Sea in Public")
    world.out = chapter(world.open)
    sketch, taken_back = draft(world.open, title="Not yet"), chapter(world.open, title="No longer")
    world.comment_there = comment(world.out, author=world.stranger)
    gone, hidden = comment(world.out, author=world.reader), comment(world.out, author=world.reader)
    delete_comment(actor=world.reader, comment_id=gone.pk)
    hide_comment(actor=world.author, comment_id=hidden.pk)
    under_withdrawn = comment(taken_back, author=world.reader)
    unpublish_chapter(actor=world.author, chapter_id=taken_back.pk)
    bad = book(world.author, title="Out of sight")
    inside = chapter(bad)
    hide_book(actor=None, book_id=bad.pk)
    open_chapter(actor=world.former, chapter_id=world.out.pk)
    review = post_review(actor=world.former, book_id=world.open.pk, rating=1, text="Buy pills.")
    hide_review(actor=None, review_id=review.pk)
    version = name_version(actor=None, chapter_id=world.out.pk, name="Not for readers")
    offer = invite_person(actor=None, book_id=world.open.pk, user_id=world.reader.pk, kind="editor")

    def of_chapter(one: Any) -> dict[str, Any]:
        return {"chapter_id": one.pk, "slug": one.book.slug, "number": one.number}

    def of_version(state: str, one: Any) -> Thing:
        there = {"slug": one.chapter.book.slug, "chapter_id": one.chapter_id}
        return _thing("version", state, workers, {"version_id": one.pk, **there}, **there)

    workers, readers = "author staff", "reader author staff"
    public = {"slug": world.open.slug}
    return [
        _thing("book", "private", readers, {"book_id": world.book.pk, "slug": world.book.slug}),
        _thing("book", "moderated", workers, {"book_id": bad.pk, "slug": bad.slug}),
        _thing("chapter", "of a private book", readers, of_chapter(world.chapter)),
        _thing("chapter", "of a moderated book", workers, of_chapter(inside)),
        _thing("chapter", "draft", workers, of_chapter(sketch), **public),
        _thing("chapter", "scheduled", workers, of_chapter(world.scheduled), slug=world.book.slug),
        _thing("chapter", "withdrawn", workers, of_chapter(taken_back), **public),
        _thing("comment", "in the open", " ".join(ALL_BUT_FRIENDS), {"comment_id": world.comment_there.pk}),
        _thing("comment", "in a private book", readers, {"comment_id": world.comment.pk}),
        _thing("comment", "moderated", readers, {"comment_id": hidden.pk}),
        _thing("comment", "deleted", "", {"comment_id": gone.pk}),
        _thing("comment", "of a withdrawn chapter", workers, {"comment_id": under_withdrawn.pk}),
        _thing("review", "in a private book", readers, {"review_id": world.review.pk}),
        _thing("review", "moderated", "former staff", {"review_id": review.pk}),
        of_version("in a private book", world.version),
        of_version("in the open", version),
        _thing("credit", "offered", readers, {"credit_id": offer.pk}),
        _thing("invitation", "to a private book", "stranger author staff", {"invitation_id": world.ticket.pk}),
        _thing("import", "of somebody", "author", {"import_id": world.sent.pk}),
    ]


def _groups(world: World) -> list[Thing]:
    said = send_message(actor=world.reader, group_id=world.group.pk, text="Said by whom somebody has muted.")
    photo = add_attachment(actor=world.blocker, group_id=world.group.pk, upload=_file())
    blockers = send_message(
        actor=world.blocker, group_id=world.group.pk, text="Not for whom I block.", attachments=[photo.pk]
    )
    answer = send_message(actor=world.blocked, group_id=world.group.pk, text="Not for who blocks me.")
    gone = send_message(actor=world.reader, group_id=world.group.pk, text="Taken back.")
    delete_message(actor=world.reader, message_id=gone.pk)
    theirs = group(world.blocker, name="Without some")
    inside = send_message(actor=world.blocker, group_id=theirs.pk, text="In the open.")
    assert Membership.objects.filter(group=world.group).count() == 5
    everybody = " ".join(PERSONS[1:])
    members = "reader author blocked blocker muter"
    return [
        _thing("group", "private", f"{members} guest", {"group_id": world.group.pk, "slug": world.group.slug}),
        _thing(
            "group",
            "of who has blocked one",
            everybody.replace("blocked ", ""),
            {"group_id": theirs.pk, "slug": theirs.slug},
        ),
        _thing("message", "of a private group", "reader author blocked blocker", {"message_id": said.pk}),
        _thing("message", "of who has blocked one", "reader author blocker muter", {"message_id": blockers.pk}),
        _thing("message", "of whom one has blocked", "reader author blocked muter", {"message_id": answer.pk}),
        _thing("message", "of a public group", "blocker", {"message_id": inside.pk}),
        _thing("message", "deleted", "", {"message_id": gone.pk}),
        _thing("attachment", "not sent", "reader", {"attachment_id": world.file.pk}),
        _thing("attachment", "of who has blocked one", "reader author blocker muter", {"attachment_id": photo.pk}),
        _thing("link", "to a private group", members, {"invitation_id": world.link.pk}),
        _thing("report", "open", "staff", {"report_id": world.report.pk}),
    ]


def _people() -> list[Thing]:
    closed = person("closed")
    deactivate(actor=None, user=closed)
    return [_thing("person", "closed", "", {"username": closed.username, "user_id": closed.pk})]


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("note.txt", b"Call me Ishmael.", "text/plain")
