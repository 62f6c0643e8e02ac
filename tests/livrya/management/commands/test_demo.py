"""`manage.py demo`, which fills the library and says who is in it."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from livrya.accounts.models import User
from livrya.site.demo.data import people

pytestmark = pytest.mark.django_db

NOWHERE = Path("/nonexistent")


def test_the_command_prints_the_accounts(settings, monkeypatch):
    settings.DEBUG = True
    monkeypatch.setattr("livrya.management.commands.demo.MOBY_DICK", NOWHERE)
    said = StringIO()
    call_command("demo", stdout=said)
    assert "paper-ink-rubric" in said.getvalue()
    assert all(person.username in said.getvalue() for person in people())


def test_outside_of_development_the_command_asks_for_a_password_of_ones_own(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="--password"):
        call_command("demo", stdout=StringIO())
    assert not User.objects.exists()
