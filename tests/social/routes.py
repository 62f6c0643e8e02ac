"""How the routes of groups answer; see tests/livrya/routes.py.

The world has a private group of the author's, to which the reader belongs and of which the stranger may not know.
"""

from django.core.files.uploadedfile import SimpleUploadedFile

from social.services.attachments import add_attachment
from social.services.entering import join_group
from social.services.invitations import invite_person, make_link
from social.services.members import ban_user
from social.services.messages import send_message
from social.services.reporting import report
from tests.livrya.accounts.people import person
from tests.livrya.routes import Route, World, signed_in
from tests.social.rooms import group


def furnish(world: World) -> None:
    """Adds what the routes below name."""
    world.group = group(world.author, is_private=True)
    for name in ("reader", "guest", "troll"):
        if name != "reader":
            setattr(world, name, person(f"a-{name}"))
        invite_person(actor=world.author, group_id=world.group.pk, user_id=getattr(world, name).pk)
    join_group(actor=world.reader, group_id=world.group.pk)
    ban_user(actor=world.author, group_id=world.group.pk, user_id=world.troll.pk)
    world.link, _ = make_link(actor=world.author, group_id=world.group.pk)
    world.message = send_message(actor=world.reader, group_id=world.group.pk, text="Ahoy!")
    world.report = report(actor=world.author, kind="message", target_id=world.message.pk, reason="It is rude.")
    world.file = add_attachment(actor=world.reader, group_id=world.group.pk, upload=_text())


def _text() -> SimpleUploadedFile:
    return SimpleUploadedFile("note.txt", b"Call me Ishmael.", "text/plain")


def people(*, anonymous: int = 401, reader: int, author: int, stranger: int = 404, staff: int = 404) -> dict[str, int]:
    """Staff are strangers to a private group, but for what the table says."""
    return {"anonymous": anonymous, "reader": reader, "author": author, "stranger": stranger, "staff": staff}


def of_group(world: World) -> dict[str, int]:
    return {"group_id": world.group.pk}


def of_message(world: World) -> dict[str, int]:
    return {"message_id": world.message.pk}


def of_report(world: World) -> dict[str, int]:
    return {"report_id": world.report.pk}


def with_reader(world: World) -> dict[str, int]:
    return {**of_group(world), "user_id": world.reader.pk}


def with_guest(world: World) -> dict[str, int]:
    return {**of_group(world), "user_id": world.guest.pk}


def with_troll(world: World) -> dict[str, int]:
    return {**of_group(world), "user_id": world.troll.pk}


MEMBERS = people(reader=200, author=200)
OWNER = people(reader=403, author=200)
ENDED = people(reader=403, author=204)
REACTION = people(reader=200, author=200, staff=404)

MODERATORS = {"anonymous": 401, "reader": 403, "author": 403, "stranger": 403, "staff": 200}

ROUTES = [
    Route("get", "api-groups", signed_in(200)),
    Route("post", "api-groups", signed_in(201), given={"name": "Tonight", "persistent": False, "maxUsers": 12}),
    Route("get", "api-group", MEMBERS, path=of_group),
    Route(
        "patch",
        "api-group",
        people(reader=403, author=200, staff=200),
        path=of_group,
        given={"description": "By the lamp."},
    ),
    Route("delete", "api-group", people(reader=403, author=204, staff=204), path=of_group, given={"reason": "Done."}),
    Route("put", "api-membership", MEMBERS, path=of_group),
    Route("delete", "api-membership", people(reader=204, author=204), path=of_group),
    Route("put", "api-group-read", MEMBERS, path=of_group, given={"number": 1}),
    Route("put", "api-slow-mode", OWNER, path=of_group, given={"seconds": 5}),
    Route("get", "api-members", MEMBERS, path=of_group),
    Route("patch", "api-member", OWNER, path=with_reader, given={"role": "moderator"}),
    Route("delete", "api-member", ENDED, path=with_reader),
    Route("get", "api-bans", OWNER, path=of_group),
    Route(
        "post",
        "api-bans",
        people(reader=403, author=201),
        path=of_group,
        given=lambda world: {"userId": world.guest.pk, "reason": "Spoilers."},
    ),
    Route("delete", "api-ban", ENDED, path=with_troll),
    Route("get", "api-group-invitations", MEMBERS, path=of_group),
    Route(
        "post",
        "api-group-invitations",
        people(reader=201, author=201),
        path=of_group,
        given=lambda world: {"userId": world.guest.pk},
    ),
    Route("delete", "api-group-invitation", people(reader=204, author=204), path=with_guest),
    Route("post", "api-links", people(reader=201, author=201), path=of_group),
    Route("delete", "api-link", ENDED, path=lambda world: {"invitation_id": world.link.pk}),
    Route("get", "api-messages", MEMBERS, path=of_group),
    Route("post", "api-messages", people(reader=201, author=201), path=of_group, given={"text": "Aye."}),
    Route(
        "post",
        "api-attachments",
        people(reader=201, author=201),
        path=of_group,
        given=lambda world: {"file": _text()},
        format="multipart",
    ),
    Route(
        "get",
        "api-attachment",
        people(reader=200, author=404),
        path=lambda world: {"attachment_id": world.file.pk},
    ),
    Route(
        "delete",
        "api-attachment",
        people(reader=204, author=404),
        path=lambda world: {"attachment_id": world.file.pk},
    ),
    Route("get", "api-search-messages", signed_in(200)),
    Route("patch", "api-message", people(reader=200, author=403), path=of_message, given={"text": "Avast!"}),
    Route("delete", "api-message", people(reader=204, author=204, staff=204), path=of_message),
    Route("put", "api-message-reaction", REACTION, path=lambda world: {**of_message(world), "kind": "like"}),
    Route("delete", "api-message-reaction", REACTION, path=lambda world: {**of_message(world), "kind": "like"}),
    Route(
        "post",
        "api-reports",
        signed_in(201, stranger=400),
        given=lambda world: {"kind": "person", "id": world.stranger.pk, "reason": "They are rude."},
    ),
    Route("get", "api-reports", MODERATORS),
    Route("post", "api-dismiss-report", MODERATORS, path=of_report),
    Route("post", "api-uphold-report", MODERATORS, path=of_report, given={"warning": "Please be kind."}),
    Route("get", "api-own-groups", signed_in(200)),
    Route("get", "api-own-group-invitations", signed_in(200)),
]
