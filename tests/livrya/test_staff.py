"""Being staff opens nothing by itself: each act has its permission at every door; what is done with it is kept."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from books.models import Book, Credit, Invitation
from books.services.books import update_book
from books.services.comments import delete_comment, hide_comment
from books.services.releases import publish_chapter
from livrya.accounts.models import User
from livrya.accounts.services import access
from realtime.errors import Forbidden
from realtime.log.revocation import Revoked, UserRoom
from realtime.namespaces import NAMESPACES
from realtime.testing.capture import capture_events
from social.services.groups import delete_group
from social.services.messages import delete_message
from social.services.reporting import report
from tests.books.admin_pages import page as admin_page
from tests.books.admin_pages import sent
from tests.books.library import book, chapter, comment, draft, somebody, worker_on
from tests.livrya.accounts.doors import Enter, enter, hub, in_thread
from tests.livrya.accounts.people import browser, person
from tests.livrya.routes import Route, World
from tests.livrya.staff import acts_of, staff
from tests.livrya.test_api_routes import TABLE, ask, problems, world
from tests.social.rooms import group, member_of, message

__all__ = ["enter", "hub", "world"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.either_database]

IN_THEIR_OWN_NAME = {"api-subscription", "api-shelf", "api-progress", "api-comments", "api-reaction", "api-reports"}
"""What staff read, say and report as readers, of books that they see by their permission, changes nobody else's."""
FOR_STAFF = [
    route
    for route in TABLE
    if route.method != "get" and route.statuses["staff"] < 300 and route.statuses["stranger"] >= 400
    if route.name not in IN_THEIR_OWN_NAME
]


@pytest.mark.parametrize("route", TABLE, ids=str)
def test_staff_without_a_permission_are_strangers_to_the_api(route: Route, world: World) -> None:
    User.objects.filter(pk=world.stranger.pk).update(is_staff=True)
    world.stranger.refresh_from_db()
    assert problems(route, "stranger", world) == []
    assert acts_of(world.stranger) == []


@pytest.mark.parametrize("route", FOR_STAFF, ids=str)
def test_what_staff_do_over_the_api_is_written_down(route: Route, world: World) -> None:
    assert ask(route, "staff", world).status_code == route.statuses["staff"]
    assert acts_of(world.staff) != []


ADMIN: dict[str, tuple[str, Any]] = {
    "announce": ("announcements.add_announcement", lambda w: {"text": "All hands!"}),
    "announcement:withdraw": ("announcements.add_announcement", lambda w: {"id": 1}),
    "user:disconnect": ("accounts.change_user", lambda w: {"userId": w.pk, "reason": ""}),
    "session:list": ("accounts.view_loginsession", lambda w: {"userId": w.pk}),
    "fetchSockets": ("accounts.view_loginsession", lambda w: {"userId": w.pk}),
    "stats:subscribe": ("accounts.view_loginsession", lambda w: {"intervalSeconds": 60}),
    "room:close": ("social.delete_group", None),
}


async def test_every_command_of_staff_asks_for_its_permission(enter: Enter) -> None:
    standard = set(NAMESPACES["/social"].commands) & set(NAMESPACES["/books"].commands)
    assert set(NAMESPACES["/admin"].commands) - standard == set(ADMIN)
    bare, ada = await in_thread(staff)(), await in_thread(somebody)()
    talked = await in_thread(group)(is_private=True)
    refused = await enter(bare, "/admin")
    for name, (permission, payload) in ADMIN.items():
        given = {"room": f"group:{talked.pk}"} if payload is None else payload(ada)
        answer = await refused.ask(name, given)
        # A private group is nothing to a stranger, not even forbidden.
        code = "ROOM_NOT_FOUND" if name == "room:close" else "FORBIDDEN"
        assert (answer.get("error") or {}).get("code") == code, name
        able = await enter(await in_thread(staff)(permission), "/admin")
        answer = await able.ask(name, given)
        assert (answer.get("error") or {}).get("code") in (None, "NOT_FOUND"), name
    assert await in_thread(acts_of)(bare) == []


async def test_staff_who_lose_the_permission_hear_no_more_of_the_servers(enter: Enter, monkeypatch) -> None:
    watcher = await in_thread(staff)("accounts.view_loginsession")
    client = await enter(watcher, "/admin")
    await client.tell("stats:subscribe", {"intervalSeconds": 1})
    await client.event("room:stats")
    await in_thread(watcher.user_permissions.clear)()
    assert (await client.ask("session:list", {"userId": watcher.pk}))["error"]["code"] == "FORBIDDEN"


def test_each_act_needs_its_own_permission() -> None:
    made = book(visibility="private")
    out, rude = chapter(made), message(group(is_private=True))
    said = comment(chapter(book()))
    waiting = draft(made)
    acts: list[tuple[str, Any, tuple[str, str]]] = [
        (
            "books.change_book",
            lambda a: update_book(actor=a, book_id=made.pk, blurb="x"),
            ("book:update", f"book:{made.pk}"),
        ),
        (
            "books.change_chapter",
            lambda a: publish_chapter(actor=a, chapter_id=waiting.pk),
            ("chapter:publish", f"chapter:{waiting.pk}"),
        ),
        (
            "books.delete_comment",
            lambda a: hide_comment(actor=a, comment_id=said.pk),
            ("comment:hide", f"comment:{said.pk}"),
        ),
        (
            "social.delete_message",
            lambda a: delete_message(actor=a, message_id=rude.pk),
            ("message:delete", f"message:{rude.pk}"),
        ),
        (
            "social.delete_group",
            lambda a: delete_group(actor=a, group_id=rude.group_id),
            ("group:delete", f"group:{rude.group_id}"),
        ),
    ]
    every = {permission for permission, _, _ in acts}
    for permission, act, written in acts:
        others = staff(*(every - {permission}))
        with pytest.raises(Exception, match=r"may not|There is no such|not a member"):
            act(others)
        able = staff(permission)
        act(able)
        assert acts_of(able) == [written]
    assert out.pk


def test_leave_by_a_role_is_nobodys_business_but_the_owners() -> None:
    """Staff who work on a book, or moderate a group, answer for it there like anybody."""
    made = book()
    editor = worker_on(made, "co_author")
    User.objects.filter(pk=editor.pk).update(is_staff=True, is_superuser=True)
    editor.refresh_from_db()
    update_book(actor=editor, book_id=made.pk, blurb="Mine too.")
    publish_chapter(actor=editor, chapter_id=draft(made).pk)
    delete_comment(actor=editor, comment_id=comment(chapter(made)).pk)
    room = group(editor)
    delete_message(actor=editor, message_id=message(room, member_of(room)).pk)
    delete_group(actor=editor, group_id=room.pk)
    assert acts_of(editor) == []


def test_what_staff_do_in_the_admin_is_written_down_inlines_and_actions_too() -> None:
    root, reader, editor = person("root", is_staff=True, is_superuser=True), somebody(), somebody()
    client = Client()
    client.force_login(root)
    made = book(visibility="private")
    old = draft(made, title="Old")
    status, html = sent(
        client,
        admin_page(made),
        **{
            "title": "Moby-Dick",
            "credits-TOTAL_FORMS": 1,
            "credits-0-user": editor.pk,
            "credits-0-kind": "narrator",
            "invitations-TOTAL_FORMS": 1,
            "invitations-0-user": reader.pk,
            "chapters-TOTAL_FORMS": 2,
            "chapters-0-title": "New",
            "chapters-1-title": "Another",
        },
    )
    assert status == 302, html
    assert Credit.objects.count() == 2
    assert Invitation.objects.exists()
    assert {act for act, _ in acts_of(root)} == {
        "book:update",
        "credit:add",
        "reader:invite",
        "chapter:update",
        "chapter:create",
    }
    for action in ("publish", "lock", "unpublish"):
        chosen = {"action": action, "_selected_action": [old.pk]}
        client.post(reverse("admin:books_chapter_changelist"), chosen)
    chosen = {"action": "delete_selected", "_selected_action": [made.pk, book().pk], "post": "yes"}
    client.post(reverse("admin:books_book_changelist"), chosen)
    assert not Book.objects.exists()
    assert [act for act, _ in acts_of(root)][-5:] == [
        "chapter:publish",
        "chapter:lock",
        "chapter:unpublish",
        "book:delete",
        "book:delete",
    ]


def test_reports_are_read_with_the_permission_alone() -> None:
    report(actor=somebody(), kind="person", target_id=somebody().pk, reason="Rude.")
    assert browser(staff()).get("/api/v1/reports/").status_code == 403
    assert browser(staff("social.view_report")).get("/api/v1/reports/").status_code == 200
    assert browser(staff("social.change_report")).get("/api/v1/reports/").status_code == 200


def test_another_group_of_rights_makes_open_sessions_ask_again() -> None:
    helper = staff()
    with capture_events() as captured:
        access.set_groups(actor=person("root", is_superuser=True), user=helper, groups=[])
    assert any(isinstance(payload, Revoked) for _, payload in captured.emitted(UserRoom(helper.pk)))


def test_who_may_change_rights_is_no_question_of_rights() -> None:
    helper = staff("auth.change_group", "auth.add_group")
    client = Client()
    client.force_login(helper)
    assert client.get(reverse("admin:auth_group_changelist")).status_code == 403
    with pytest.raises(Forbidden):
        access.save_rights(actor=helper, name="Mine", permissions=[])
