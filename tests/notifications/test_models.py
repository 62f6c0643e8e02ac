"""What the database keeps of notifications, and what it refuses."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from notifications.models import FanOut, Notification, Preference
from tests.livrya.accounts.people import person

pytestmark = pytest.mark.django_db


def kept(cause: str = "remark:1", **fields: object) -> Notification:
    now = timezone.now()
    return Notification.objects.create(cause=cause, created_at=now, occurred_at=now, **fields)


def test_of_one_cause_somebody_has_one_notification() -> None:
    ada, bob = person("ada"), person("bob")
    for somebody in (ada, bob):
        kept(recipient=somebody)
    with pytest.raises(IntegrityError), transaction.atomic():
        kept(recipient=ada, kind="REMARK", about="book:2")
    kept("remark:2", recipient=ada)


def test_what_was_folded_goes_with_what_it_was_folded_into() -> None:
    ada = person("ada")
    root = kept(recipient=ada)
    kept("remark:2", recipient=ada, into=root)
    root.delete()
    assert not Notification.objects.exists()


def test_one_answer_for_a_kind_and_one_way_for_a_cause() -> None:
    ada = person("ada")
    assert str(Preference.objects.create(user=ada, kind="REMARK")) == "REMARK: yes"
    sent = FanOut.objects.create(cause="remark:1", audience="readers", key=3)
    assert str(sent) == "remark:1 to readers:3"
    FanOut.objects.create(cause="remark:1", audience="followers", key=3)
    for again in (
        lambda: Preference.objects.create(user=ada, kind="REMARK", in_app=False),
        lambda: FanOut.objects.create(cause="remark:1", audience="readers", key=3),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            again()
