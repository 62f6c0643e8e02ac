"""Announcing over sockets."""

from datetime import timedelta

import pytest
from django.utils import timezone

from livrya.kit.api.fields import unix_ms
from livrya.site.announcements import services
from livrya.site.announcements.events import Announce, Withdraw
from livrya.site.announcements.namespaces import announcements
from livrya.site.announcements.selectors import in_force
from realtime.errors import Forbidden, ValidationFailed
from realtime.identity import Identity

pytestmark = pytest.mark.django_db


def test_the_socket_command_answers_with_the_announcement(staff, reader):
    handler = announcements.handlers["announce"]

    class FakeCall:
        identity = Identity(user_id=staff.pk, username="keeper", is_staff=True)

    reply = handler.run(FakeCall, Announce(text="Hello"))
    assert (reply.text, reply.until - reply.created_at) == ("Hello", 86_400_000)
    with pytest.raises(ValidationFailed):
        handler.run(FakeCall, Announce(text="Hello", until=10**30))


def test_the_socket_command_withdraws_and_is_for_staff(staff, reader):
    said = services.announce(actor=staff, text="Hello")

    class FakeCall:
        identity = Identity(user_id=reader.pk, username="reader")

    withdraw = announcements.handlers["announcement:withdraw"]
    with pytest.raises(Forbidden):
        withdraw.run(FakeCall, Withdraw(id=said.pk))
    FakeCall.identity = Identity(user_id=staff.pk, username="keeper", is_staff=True)
    assert withdraw.run(FakeCall, Withdraw(id=said.pk)) is None
    assert not in_force().exists()


def test_a_time_travels_in_milliseconds(staff):
    class FakeCall:
        identity = Identity(user_id=staff.pk, username="keeper", is_staff=True)

    until = unix_ms(timezone.now() + timedelta(hours=2))
    assert announcements.handlers["announce"].run(FakeCall, Announce(text="Hello", until=until)).until == until
