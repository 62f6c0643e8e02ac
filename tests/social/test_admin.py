"""The admin writes groups through the services, and shows nobody what is said in private."""

import pytest
from django.test import Client
from django.urls import reverse

from livrya.audit.models import AuditEntry
from realtime.testing.capture import capture_events
from social.events import GroupRoom
from social.models import Group, Message
from tests.books.admin_pages import sent
from tests.livrya.accounts.people import person
from tests.social.rooms import count, group, member_of, message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(person("root", is_staff=True, is_superuser=True))
    return client


def page(thing: Group | Message, what: str = "change") -> str:
    return reverse(f"admin:social_{type(thing)._meta.model_name}_{what}", args=[thing.pk])


def test_lists_and_searches_open_and_private_words_stay_private(staff: Client) -> None:
    message(group(), text="Said in public")
    said = message(group(is_private=True, password="tide"), text="Said in private")
    for model in ("group", "message"):
        for query in ("", "?q=lamp"):
            assert staff.get(reverse(f"admin:social_{model}_changelist") + query).status_code == 200
    listed = staff.get(reverse("admin:social_message_changelist")).content.decode()
    assert "Said in public" in listed
    for address in (reverse("admin:social_message_changelist"), page(said), page(said.group)):
        content = staff.get(address).content.decode()
        assert "Said in private" not in content
        assert said.group.password not in content


def test_a_group_is_made_changed_and_ended_like_any_other(staff: Client) -> None:
    status, wrong = sent(staff, reverse("admin:social_group_add"), name="Staff room", persistent="on", max_users="9")
    assert (status, wrong) == (302, "")
    made = Group.objects.get(name="Staff room")
    assert count(made) == (1, 1)
    theirs = group(name="Theirs")
    member_of(theirs)
    status, wrong = sent(staff, page(theirs), max_users="1")
    assert (status, "whole number" in wrong) == (200, True)
    with capture_events() as captured:
        status, wrong = sent(staff, page(theirs), name="Renamed", new_password="tide")
    assert (status, wrong) == (302, "")
    assert captured.types(GroupRoom(theirs.pk)) == ["room:changed"]
    theirs.refresh_from_db()
    assert (theirs.name, theirs.has_password) == ("Renamed", True)
    with capture_events() as captured:
        assert staff.post(page(theirs, "delete"), {"post": "yes"}).status_code == 302
    assert captured.types(GroupRoom(theirs.pk))[0] == "room:deleted"
    assert count(theirs) == (2, 2)
    assert staff.get(page(theirs)).status_code == 200
    acts = AuditEntry.objects.filter(target=f"group:{theirs.pk}").order_by("pk")
    assert list(acts.values_list("act", flat=True)) == ["group:update", "group:delete"]


def test_a_message_is_removed_and_its_place_stays(staff: Client) -> None:
    said = message(group(), text="Spam")
    with capture_events() as captured:
        assert staff.post(page(said, "delete"), {"post": "yes"}).status_code == 302
    assert "message:deleted" in captured.types(GroupRoom(said.group_id))
    said.refresh_from_db()
    assert (said.text, said.deleted_at is None) == ("", False)
