"""How the routes of the library answer; see tests/livrya/routes.py.

The world has a private book by the author, which the reader may read and the stranger may not know of.
"""

import io
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from books.models import Import, Invitation
from books.services.comments import post_comment
from books.services.credits import invite_person
from books.services.invitations import accept_invitation, invite_reader
from books.services.reading import open_chapter
from books.services.releases import schedule_chapter
from books.services.reviews import post_review
from books.services.versions import name_version
from livrya.kit.api.fields import unix_ms
from tests.books.library import book, chapter, draft
from tests.livrya.accounts.people import person
from tests.livrya.routes import Route, World, everybody, signed_in


def furnish(world: World) -> None:
    """Adds what the routes below name."""
    world.book = book(world.author, visibility="private")
    invitation = invite_reader(actor=world.author, book_id=world.book.pk, user_id=world.reader.pk)
    world.invitation = accept_invitation(actor=world.reader, invitation_id=invitation.pk)
    world.chapter = chapter(world.book)
    world.draft = draft(world.book)
    world.scheduled = draft(world.book)
    schedule_chapter(actor=None, chapter_id=world.scheduled.pk, publish_at=timezone.now() + timedelta(days=1))
    open_chapter(actor=world.reader, chapter_id=world.chapter.pk)
    world.comment = post_comment(actor=world.reader, chapter_id=world.chapter.pk, text="Ahoy!")
    world.review = post_review(actor=world.reader, book_id=world.book.pk, rating=5)
    world.editor = person("an-editor")
    world.credit = invite_person(actor=None, book_id=world.book.pk, user_id=world.editor.pk, kind="editor")
    world.offer = invite_person(actor=None, book_id=world.book.pk, user_id=world.stranger.pk, kind="beta")
    world.version = name_version(actor=None, chapter_id=world.chapter.pk, name="The first")
    world.ticket = Invitation.objects.create(book=world.book, user=world.stranger)
    line = {"title": "Ice", "volume": "", "words": 2, "beginning": "It broke.", "fits": True}
    content = {"title": "Ice", "volume": "", "note": "", "text": "It broke."}
    world.sent = Import.objects.create(
        user=world.author, name="ferry.md", title="The Ferry", outline=[line], contents=[content]
    )


def people(*, anonymous: int = 401, reader: int, author: int, stranger: int = 404, staff: int) -> dict[str, int]:
    return {"anonymous": anonymous, "reader": reader, "author": author, "stranger": stranger, "staff": staff}


def of_book(world: World) -> dict[str, int]:
    return {"book_id": world.book.pk}


def of_chapter(world: World) -> dict[str, int]:
    return {"chapter_id": world.chapter.pk}


def of_draft(world: World) -> dict[str, int]:
    return {"chapter_id": world.draft.pk}


def of_scheduled(world: World) -> dict[str, int]:
    return {"chapter_id": world.scheduled.pk}


def of_comment(world: World) -> dict[str, int]:
    return {"comment_id": world.comment.pk}


def of_version(world: World) -> dict[str, int]:
    return {"version_id": world.version.pk}


def of_review(world: World) -> dict[str, int]:
    return {"review_id": world.review.pk}


def _cover(world: World) -> dict[str, SimpleUploadedFile]:
    written = io.BytesIO()
    Image.new("RGB", (8, 12)).save(written, "PNG")
    return {"cover": SimpleUploadedFile("a.png", written.getvalue(), "image/png")}


def of_import(world: World) -> dict[str, int]:
    return {"import_id": world.sent.pk}


def _file(world: World) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile("ferry.txt", b"The river moved.", "text/plain")}


def _order(world: World) -> dict[str, list[int]]:
    return {"chapterIds": [world.scheduled.pk, world.draft.pk, world.chapter.pk]}


SEEN = people(anonymous=404, reader=200, author=200, staff=200)
"""Who may read the book reads; for others it is not there."""
WRITTEN = people(reader=403, author=200, staff=200)
UNSEEN = people(reader=404, author=200, staff=200)
"""Drafts and offers are there for those who work on the book."""
ENDED = people(reader=403, author=204, staff=204)
MADE = people(reader=403, author=201, staff=201)
READERS = people(reader=200, author=200, staff=200)
OWN = people(reader=404, author=200, staff=404)
"""A file that the author has sent is there for nobody else."""
STAFF = people(anonymous=401, reader=403, author=403, stranger=403, staff=200)

ROUTES = [
    Route("get", "api-books", everybody(200)),
    Route("post", "api-books", signed_in(201), given={"title": "Typee", "tags": ["Sea"], "warnings": ["death"]}),
    Route("get", "api-book", SEEN, path=of_book),
    Route("patch", "api-book", WRITTEN, path=of_book, given={"blurb": "A hunt."}),
    Route("delete", "api-book", ENDED, path=of_book),
    Route("put", "api-cover", WRITTEN, path=of_book, given=_cover, format="multipart"),
    Route("delete", "api-cover", ENDED, path=of_book, format="multipart"),
    Route("put", "api-book-moderation", STAFF, path=of_book, given={"hidden": True}),
    Route("get", "api-contents", SEEN, path=of_book),
    Route("post", "api-contents", MADE, path=of_book, given={"title": "Etymology"}),
    Route("put", "api-order", ENDED, path=of_book, given=_order),
    Route("get", "api-credits", WRITTEN, path=of_book),
    Route(
        "post",
        "api-credits",
        MADE,
        path=of_book,
        given=lambda world: {"userId": world.reader.pk, "kind": "editor", "rights": ["edit_drafts"]},
    ),
    Route("get", "api-invitations", WRITTEN, path=of_book),
    Route("post", "api-invitations", MADE, path=of_book, given=lambda world: {"userId": world.editor.pk}),
    Route("get", "api-reviews", SEEN, path=of_book),
    Route("post", "api-reviews", people(reader=409, author=403, staff=403), path=of_book, given={"rating": 4}),
    Route("get", "api-subscription", people(reader=404, author=404, staff=404), path=of_book),
    Route("put", "api-subscription", READERS, path=of_book, given={"level": "chapters"}),
    Route("delete", "api-subscription", people(reader=204, author=204, staff=204), path=of_book),
    Route("put", "api-shelf", READERS, path=of_book, given={"shelf": "later"}),
    Route("delete", "api-shelf", people(reader=204, author=204, staff=204), path=of_book),
    Route("post", "api-imports", signed_in(201), given=_file, format="multipart"),
    Route("get", "api-import", OWN, path=of_import),
    Route("delete", "api-import", people(reader=404, author=204, staff=404), path=of_import),
    Route("post", "api-accept-import", OWN, path=of_import, given=lambda world: {"bookId": world.book.pk}),
    Route("get", "api-chapter", SEEN, path=of_chapter),
    Route("patch", "api-chapter", WRITTEN, path=of_chapter, given={"text": "New.", "version": 1}),
    Route("delete", "api-chapter", ENDED, path=of_chapter),
    Route("post", "api-publish", UNSEEN, path=of_draft, given={"silent": True}),
    Route("post", "api-publish-changes", WRITTEN, path=of_chapter, given={"version": 1}),
    Route("post", "api-unpublish", WRITTEN, path=of_chapter),
    Route(
        "put",
        "api-schedule",
        UNSEEN,
        path=of_draft,
        given=lambda world: {"publishAt": unix_ms(timezone.now() + timedelta(hours=1))},
    ),
    Route("delete", "api-schedule", UNSEEN, path=of_scheduled),
    Route("put", "api-comments-lock", WRITTEN, path=of_chapter, given={"locked": True}),
    Route("get", "api-versions", WRITTEN, path=of_chapter),
    Route("post", "api-versions", MADE, path=of_chapter, given={"name": "The second"}),
    Route("get", "api-version", UNSEEN, path=of_version),
    Route("delete", "api-version", people(reader=404, author=204, staff=204), path=of_version),
    Route("get", "api-version-changes", UNSEEN, path=of_version),
    Route("post", "api-restore-version", UNSEEN, path=of_version),
    Route("get", "api-comments", SEEN, path=of_chapter),
    Route("post", "api-comments", people(reader=201, author=201, staff=201), path=of_chapter, given={"text": "Aye."}),
    Route("put", "api-progress", READERS, path=of_chapter, given={"position": 0.5, "paragraph": "0123456789ab"}),
    Route("post", "api-progress", READERS, path=of_chapter),
    Route("patch", "api-comment", people(reader=200, author=403, staff=403), path=of_comment, given={"text": "Oh."}),
    Route("delete", "api-comment", people(reader=204, author=204, staff=204), path=of_comment),
    Route("put", "api-comment-moderation", WRITTEN, path=of_comment, given={"hidden": True}),
    Route("put", "api-reaction", READERS, path=lambda world: {**of_comment(world), "kind": "like"}),
    Route("delete", "api-reaction", READERS, path=lambda world: {**of_comment(world), "kind": "like"}),
    Route("get", "api-review", SEEN, path=of_review),
    Route("patch", "api-review", people(reader=200, author=403, staff=403), path=of_review, given={"rating": 3}),
    Route("delete", "api-review", people(reader=204, author=403, staff=204), path=of_review),
    Route("put", "api-review-moderation", STAFF, path=of_review, given={"hidden": True}),
    Route("patch", "api-credit", UNSEEN, path=lambda world: {"credit_id": world.credit.pk}, given={"kind": "beta"}),
    Route(
        "delete",
        "api-credit",
        people(reader=404, author=204, staff=204),
        path=lambda world: {"credit_id": world.credit.pk},
    ),
    Route(
        "post",
        "api-accept-credit",
        people(reader=404, author=404, stranger=200, staff=404),
        path=lambda world: {"credit_id": world.offer.pk},
    ),
    Route(
        "delete",
        "api-invitation",
        people(reader=204, author=204, staff=204),
        path=lambda world: {"invitation_id": world.invitation.pk},
    ),
    Route(
        "post",
        "api-accept-invitation",
        people(reader=404, author=404, stranger=200, staff=404),
        path=lambda world: {"invitation_id": world.ticket.pk},
    ),
    Route("get", "api-tags", everybody(200)),
    Route("get", "api-own-books", signed_in(200)),
    Route("get", "api-own-offers", signed_in(200)),
    Route("get", "api-own-invitations", signed_in(200)),
    Route("get", "api-own-subscriptions", signed_in(200)),
    Route("get", "api-own-places", signed_in(200)),
    Route("get", "api-own-shelf", signed_in(200), path={"shelf": "later"}),
]
