"""The admin writes people through the services: what staff do is heard, and what is refused is said."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

import realtime
from livrya.accounts import signals
from livrya.accounts.models import Follow, User
from livrya.accounts.services import following
from livrya.audit.models import AuditEntry
from realtime.testing.capture import capture_events
from tests.livrya.accounts.people import person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def root() -> Client:
    client = Client()
    client.force_login(person("root", is_staff=True, is_superuser=True))
    return client


def change(user: User) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def act(client: Client, action: str, *users: User) -> str:
    chosen = {"action": action, "_selected_action": [user.pk for user in users], "post": "yes"}
    answer = client.post(reverse("admin:accounts_user_changelist"), chosen, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_changed_profile_is_heard(root: Client) -> None:
    ada = person("ada")
    with capture_events() as captured:
        answer = root.post(change(ada), {"display_name": "Ada Quill", "bio": "", "email": ""})
    assert answer.status_code == 302
    ada.refresh_from_db()
    assert ada.display_name == "Ada Quill"
    assert captured.types(realtime.UserRoom(ada.pk)) == ["profile:changed"]


def test_an_unchanged_form_changes_nothing(root: Client) -> None:
    ada = person("ada", bio="hello")
    with capture_events() as captured:
        root.post(change(ada), {"display_name": "", "bio": "hello", "email": ""})
    assert captured.events == []


def test_consequential_fields_are_not_in_the_form(root: Client) -> None:
    ada = person("ada")
    given = {"display_name": "", "bio": "", "email": "", "is_staff": "on", "is_superuser": "on", "username": "eve"}
    root.post(change(ada), given)
    ada.refresh_from_db()
    assert (ada.is_staff, ada.is_superuser, ada.username) == (False, False, "ada")


def test_what_a_service_refuses_is_an_error_of_the_form_and_nothing_is_written(root: Client) -> None:
    ada = person("ada")

    def refuse(user: User, **_: object) -> None:
        from realtime.errors import ValidationFailed

        raise ValidationFailed(details={"fields": {"bio": "Not like this."}})

    signals.profile_changed.connect(refuse, weak=False, dispatch_uid="test")
    try:
        answer = root.post(change(ada), {"display_name": "Ada", "bio": "spam", "email": ""})
    finally:
        signals.profile_changed.disconnect(dispatch_uid="test")
    assert answer.status_code == 200
    assert "Not like this." in answer.content.decode()
    ada.refresh_from_db()
    assert ada.display_name == ""
    assert not LogEntry.objects.exists()


def test_a_person_is_added_as_signing_up_does(root: Client) -> None:
    joined = []
    signals.person_joined.connect(lambda user, **_: joined.append(user.username), weak=False, dispatch_uid="test")
    given = {"username": "ada", "password1": "a long enough secret", "password2": "a long enough secret"}
    try:
        answer = root.post(reverse("admin:accounts_user_add"), given)
        again = root.post(reverse("admin:accounts_user_add"), given | {"username": "ADA"})
    finally:
        signals.person_joined.disconnect(dispatch_uid="test")
    assert answer.status_code == 302
    assert User.objects.get(username="ada").check_password("a long enough secret")
    assert joined == ["ada"]
    assert again.status_code == 200
    assert "taken" in again.content.decode()


def test_a_password_set_in_the_admin_ends_the_persons_sign_ins(root: Client) -> None:
    ada = person("ada")
    url = reverse("admin:auth_user_password_change", args=[ada.pk])
    with capture_events() as captured:
        answer = root.post(url, {"password1": "another long secret", "password2": "another long secret"})
    assert answer.status_code == 302
    ada.refresh_from_db()
    assert ada.check_password("another long secret")
    assert captured.types(realtime.UserRoom(ada.pk)) == ["realtime:revoked"]
    [entry] = AuditEntry.objects.all()
    assert (entry.actor_name, entry.act, entry.target) == ("root", "person:sign-ins-ended", f"person:{ada.pk}")
    assert entry.details == {"reason": "password changed"}


def test_a_weak_password_is_refused_in_the_form_and_nothing_is_written(root: Client) -> None:
    ada = person("ada")
    url = reverse("admin:auth_user_password_change", args=[ada.pk])
    assert root.post(url, {"password1": "short", "password2": "short"}).status_code == 200
    assert not AuditEntry.objects.exists()


def test_staff_change_their_own_password_where_the_old_one_is_asked_for(root: Client) -> None:
    own = User.objects.get(username="root")
    given = {"password1": "another long secret", "password2": "another long secret"}
    answer = root.post(reverse("admin:auth_user_password_change", args=[own.pk]), given)
    assert answer.url == reverse("admin:password_change")  # type: ignore[attr-defined]  # of redirects
    answer = root.post(reverse("admin:password_change"), given | {"old_password": "secret"})
    assert answer.url == reverse("settings")  # type: ignore[attr-defined]
    own.refresh_from_db()
    assert not own.check_password("another long secret")


def test_actions_close_accounts_and_give_roles(root: Client) -> None:
    ada, bob = person("ada"), person("bob")
    act(root, "close_accounts", ada)
    act(root, "make_staff", bob)
    ada.refresh_from_db()
    bob.refresh_from_db()
    assert (ada.is_active, bob.is_staff) == (False, True)
    assert "may not" in act(root, "make_staff", User.objects.get(username="root"))


def test_deleting_one_and_deleting_many_go_through_the_service(root: Client) -> None:
    ada, bob, eve = person("ada"), person("bob"), person("eve")
    with capture_events() as captured:
        root.post(reverse("admin:accounts_user_delete", args=[ada.pk]), {"post": "yes"})
        act(root, "delete_selected", bob, eve)
    assert list(User.objects.values_list("username", flat=True)) == ["root"]
    assert {event.room for event in captured.events} == {f"user:{pk}" for pk in (ada.pk, bob.pk, eve.pk)}
    assert LogEntry.objects.count() == 3


def test_a_follow_deleted_in_the_admin_is_heard(root: Client) -> None:
    ada, bob = person("ada"), person("bob")
    follow = following.follow(actor=bob, user=ada)
    with capture_events() as captured:
        root.post(reverse("admin:accounts_follow_delete", args=[follow.pk]), {"post": "yes"})
    assert not Follow.objects.exists()
    assert "follow:changed" in captured.types(realtime.UserRoom(bob.pk))


def test_staff_do_not_touch_other_staff_nor_their_rights() -> None:
    staff, other, ada = person("staff", is_staff=True), person("other", is_staff=True), person("ada")
    staff.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    group = Group.objects.create(name="moderators")
    client = Client()
    client.force_login(staff)
    client.post(change(ada), {"display_name": "Ada", "bio": "", "email": "", "groups": [group.pk]})
    answer = client.post(change(other), {"display_name": "Eve", "bio": "", "email": ""})
    ada.refresh_from_db()
    assert (ada.display_name, ada.groups.count()) == ("Ada", 0)
    assert answer.status_code == 403


def test_every_page_of_people_and_notifications_is_shown(root: Client) -> None:
    ada, bob = person("ada"), person("bob")
    following.follow(actor=bob, user=ada)
    for name in (
        "accounts_user",
        "accounts_follow",
        "accounts_block",
        "accounts_mute",
        "notifications_notification",
        "notifications_fanout",
    ):
        assert root.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert root.get(change(ada)).status_code == 200
    assert root.get(reverse("admin:accounts_user_add")).status_code == 200
