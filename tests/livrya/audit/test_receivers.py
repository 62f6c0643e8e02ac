"""Which acts on other people's accounts are written down, and as what."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from livrya.accounts.services import access, blocking, following, people
from livrya.audit.models import AuditEntry
from realtime.log.revocation import Revoked, UserRoom
from realtime.testing.capture import capture_events
from tests.livrya.accounts.people import person
from tests.livrya.staff import acts_of, staff

pytestmark = pytest.mark.django_db


def test_what_staff_end_between_people_and_whom_they_add_is_written_down() -> None:
    root, ada, bob = person("root", is_staff=True, is_superuser=True), person("ada"), person("bob")
    client = Client()
    client.force_login(root)
    follow = following.follow(actor=bob, user=ada)
    client.post(reverse("admin:accounts_follow_delete", args=[follow.pk]), {"post": "yes"})
    blocking.mute(actor=bob, user=ada)
    client.post(reverse("admin:accounts_mute_delete", args=[bob.mutes.get().pk]), {"post": "yes"})
    blocking.block(actor=bob, user=ada)
    client.post(reverse("admin:accounts_block_delete", args=[bob.blocks.get().pk]), {"post": "yes"})
    given = {"username": "eve", "password1": "a long enough secret", "password2": "a long enough secret"}
    client.post(reverse("admin:accounts_user_add"), given)
    ended = ["person:follow-ended", "person:mute-ended", "person:block-ended"]
    assert [act for act, _ in acts_of(root)] == [*ended, "person:create"]


def test_a_groups_other_permissions_are_written_down_and_its_people_asked_again() -> None:
    root, helper = person("root", is_staff=True, is_superuser=True), staff()
    client = Client()
    client.force_login(root)
    permission = Permission.objects.get(codename="view_report")
    add, given = reverse("admin:auth_group_add"), {"name": "Moderators", "permissions": [permission.pk]}
    assert client.post(add, given).status_code == 302
    made = Group.objects.get(name="Moderators")
    access.set_groups(actor=root, user=helper, groups=[made])
    with capture_events() as captured:
        change = reverse("admin:auth_group_change", args=[made.pk])
        assert client.post(change, {"name": "Moderators", "permissions": []}).status_code == 302
    assert any(isinstance(payload, Revoked) for _, payload in captured.emitted(UserRoom(helper.pk)))
    assert not made.permissions.exists()
    assert client.post(reverse("admin:auth_group_delete", args=[made.pk]), {"post": "yes"}).status_code == 302
    assert not Group.objects.exists()
    changes = AuditEntry.objects.filter(actor=root, act="rights:change").order_by("pk")
    assert [entry.details["permissions"] for entry in changes] == ["view_report", "", ""]


def test_what_people_do_to_their_own_account_is_nobodys_business() -> None:
    ada, bob = person("ada"), person("bob")
    people.update_profile(actor=ada, user=ada, bio="hello")
    people.set_privacy(actor=ada, user=ada, hide_online=True)
    following.follow(actor=ada, user=bob)
    following.unfollow(actor=ada, user=bob)
    access.sign_out_everywhere(actor=ada, user=ada)
    people.update_profile(actor=None, user=ada, bio="hello again")
    assert not AuditEntry.objects.exists()


def test_what_staff_change_about_somebody_is_written_down_with_what_it_became() -> None:
    root, ada = person("root", is_superuser=True, is_staff=True), person("ada")
    people.update_profile(actor=root, user=ada, bio="hello")
    people.set_privacy(actor=root, user=ada, hide_online=True)
    access.set_role(actor=root, user=ada, is_staff=True, is_superuser=False)
    access.deactivate(actor=root, user=ada)
    access.reactivate(actor=root, user=ada)
    kept = [(entry.act, entry.details) for entry in AuditEntry.objects.filter(target=f"person:{ada.pk}").order_by("pk")]
    assert [act for act, _ in kept if act != "person:sign-ins-ended"] == [
        "person:profile",
        "person:privacy",
        "person:role",
        "person:open-account",
    ]
    assert dict(kept)["person:role"] == {"staff": True, "superuser": False}
    assert dict(kept)["person:sign-ins-ended"] == {"reason": "account closed"}
