import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from livrya.accounts.models import User
from livrya.audit.models import AuditEntry
from livrya.site.announcements import services
from livrya.site.announcements.events import Announce, BroadcastRoom
from livrya.site.announcements.models import Announcement
from livrya.site.announcements.namespaces import announcements
from livrya.site.announcements.selectors import greeting, in_force
from realtime.errors import Forbidden, NotFound, ValidationFailed
from realtime.identity import ANONYMOUS, Identity
from realtime.models import Event
from realtime.rooms import authorise

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff():
    return User.objects.create_user("keeper", is_staff=True, is_superuser=True)


@pytest.fixture
def reader():
    return User.objects.create_user("reader")


def heard():
    return [
        (event.type, json.loads(event.payload))
        for event in Event.objects.filter(room="admin:broadcast").order_by("seq")
    ]


def test_what_staff_announce_is_heard_by_everybody_and_written_down(staff):
    until = timezone.now() + timedelta(hours=2)
    announcement = services.announce(actor=staff, text=" The lights go out at ten. ", until=until)

    ((kind, payload),) = heard()
    assert kind == "announcement"
    assert payload["id"] == announcement.pk
    assert payload["text"] == "The lights go out at ten."
    assert payload["until"] == int(until.timestamp() * 1000)
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.actor_name, entry.act) == (staff, "keeper", "announce")
    assert entry.target == f"announcement:{announcement.pk}"


def test_readers_do_not_announce(reader):
    with pytest.raises(Forbidden):
        services.announce(actor=reader, text="Hello")
    assert heard() == []
    assert not AuditEntry.objects.exists()


def test_everybody_may_enter_the_room():
    assert authorise(ANONYMOUS, [BroadcastRoom()])[BroadcastRoom()] is not None


def test_who_comes_hears_what_is_in_force_and_nothing_that_is_past(staff):
    services.announce(actor=staff, text="first")
    services.announce(actor=staff, text="second")
    past = services.announce(actor=staff, text="past")
    Announcement.objects.filter(pk=past.pk).update(created_at=timezone.now() - timedelta(2), until=timezone.now())

    assert [(room.name, payload.text) for room, payload in greeting(ANONYMOUS)] == [
        ("admin:broadcast", "first"),
        ("admin:broadcast", "second"),
    ]


def test_a_withdrawn_announcement_is_in_force_no_longer_and_not_replayed(staff):
    announcement = services.announce(actor=staff, text="The site is on fire.")
    services.withdraw(actor=staff, announcement_id=announcement.pk)
    services.withdraw(actor=staff, announcement_id=announcement.pk)

    assert not in_force().exists()
    assert "fire" not in json.dumps(heard())
    assert heard()[-1] == ("announcement:withdrawn", {"id": announcement.pk})
    assert AuditEntry.objects.count() == 2


def test_withdrawing_what_is_not_there_says_so(staff):
    with pytest.raises(NotFound):
        services.withdraw(actor=staff, announcement_id=99)


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 1001])
def test_a_text_that_is_empty_or_too_long_is_refused(staff, text):
    with pytest.raises(ValidationFailed):
        services.announce(actor=staff, text=text)


@pytest.mark.parametrize("until", [timezone.now() - timedelta(1), timezone.now() + timedelta(1000)])
def test_an_end_that_is_past_or_too_far_is_refused(staff, until):
    with pytest.raises(ValidationFailed):
        services.announce(actor=staff, text="Hello", until=until)


def test_the_command_announces_until_a_time_or_for_a_while():
    said = StringIO()
    call_command("announce", "Hello", until="02:00:00", stdout=said)
    call_command("announce", "Again", until=(timezone.now() + timedelta(days=3)).isoformat(), stdout=said)
    first, second = Announcement.objects.order_by("id")
    assert timedelta(minutes=119) < first.until - timezone.now() < timedelta(minutes=121)
    assert second.until - timezone.now() > timedelta(days=2)
    assert [entry.actor_name for entry in AuditEntry.objects.all()] == ["system", "system"]
    assert len(heard()) == 2


@pytest.mark.parametrize(
    ("text", "until"), [("Hello", "soon"), ("Hello", "2001-01-01T00:00"), ("Hello", "2031-99-01T00:00"), ("", None)]
)
def test_the_command_refuses_nonsense_in_one_sentence(text, until):
    with pytest.raises(CommandError):
        call_command("announce", text, until=until, stdout=StringIO())


def test_the_admin_announces_through_the_service_and_never_edits(admin_client):
    later = timezone.now() + timedelta(hours=1)
    answer = admin_client.post(
        reverse("admin:announcements_announcement_add"),
        {"text": "From the admin", "until_0": f"{later:%Y-%m-%d}", "until_1": f"{later:%H:%M:%S}"},
    )
    assert answer.status_code == 302, answer.content.decode()
    assert heard()[0][1]["text"] == "From the admin"

    announcement = Announcement.objects.get()
    admin_client.post(
        reverse("admin:announcements_announcement_changelist"),
        {"action": "withdraw", "_selected_action": [announcement.pk]},
    )
    assert not in_force().exists()


def test_the_admin_shows_the_record_of_acts_and_changes_none(admin_client, staff):
    services.announce(actor=staff, text="Hello")
    entry = AuditEntry.objects.get()
    assert admin_client.get(reverse("admin:audit_auditentry_changelist")).status_code == 200
    assert admin_client.get(reverse("admin:audit_auditentry_add")).status_code == 403
    assert admin_client.post(reverse("admin:audit_auditentry_delete", args=[entry.pk])).status_code == 403


def test_the_socket_command_answers_with_the_announcement(staff, reader):
    handler = announcements.handlers["announce"]

    class FakeCall:
        identity = Identity(user_id=staff.pk, username="keeper", is_staff=True)

    reply = handler.run(FakeCall, Announce(text="Hello"))
    assert (reply.text, reply.until - reply.created_at) == ("Hello", 86_400_000)
    with pytest.raises(ValidationFailed):
        handler.run(FakeCall, Announce(text="Hello", until=10**30))
