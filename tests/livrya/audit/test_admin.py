"""The record of staff's acts in the admin: read, never written."""

import pytest
from django.urls import reverse

from livrya.accounts.models import User
from livrya.audit.models import AuditEntry
from livrya.site.announcements import services

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return User.objects.create_user("keeper", is_staff=True, is_superuser=True)


def test_the_admin_shows_the_record_of_acts_and_changes_none(admin_client, staff):
    services.announce(actor=staff, text="Hello")
    entry = AuditEntry.objects.get()
    assert admin_client.get(reverse("admin:audit_auditentry_changelist")).status_code == 200
    assert admin_client.get(reverse("admin:audit_auditentry_add")).status_code == 403
    assert admin_client.post(reverse("admin:audit_auditentry_delete", args=[entry.pk])).status_code == 403


def test_the_record_is_searched_by_who_and_to_what(admin_client, staff) -> None:
    services.announce(actor=staff, text="Hello")
    services.announce(actor=None, text="Hello")
    for query, found in (("keeper", 1), ("announcement:", 2), ("nobody", 0)):
        listed = admin_client.get(reverse("admin:audit_auditentry_changelist"), {"q": query})
        assert listed.context["cl"].result_count == found


def test_an_entry_is_opened_and_not_changed(admin_client, staff) -> None:
    services.announce(actor=staff, text="Hello")
    address = reverse("admin:audit_auditentry_change", args=[AuditEntry.objects.get().pk])
    assert admin_client.get(address).status_code == 200
    assert admin_client.post(address, {"act": "nothing"}).status_code == 403
    assert AuditEntry.objects.get().act == "announce"
