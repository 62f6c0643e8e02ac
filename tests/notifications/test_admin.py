"""Notifications in the admin: looked at, never written."""

import pytest
from django.urls import reverse

from livrya.accounts.services import following
from notifications.models import FanOut, Notification
from tests.livrya.accounts.people import browser, person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [Notification, FanOut])
def test_staff_look_and_change_nothing(model: type) -> None:
    ada = person("ada")
    following.follow(actor=person("bob"), user=ada)
    FanOut.objects.create(cause="remark:1", audience="readers", key=3)
    client = browser(person("root", is_staff=True, is_superuser=True))
    name = f"admin:notifications_{model.__name__.lower()}"
    kept = model.objects.get()
    listed = client.get(reverse(f"{name}_changelist"), {"q": "bob" if model is FanOut else "ada"})
    assert listed.status_code == 200
    assert listed.context["cl"].result_count == (model is Notification)
    assert client.get(reverse(f"{name}_change", args=[kept.pk])).status_code == 200
    assert client.get(reverse(f"{name}_add")).status_code == 403
    for way in ("change", "delete"):
        assert client.post(reverse(f"{name}_{way}", args=[kept.pk]), {"post": "yes"}).status_code == 403
    assert model.objects.get() == kept
