"""`manage.py demo`, which fills the library and says who is in it."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from livrya.accounts.models import User
from livrya.site.demo.data import people
from tests.livrya.site.demo.library import library

__all__ = ["library"]

pytestmark = pytest.mark.django_db(transaction=True)

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


@pytest.mark.either_database
def test_no_server_no_library_and_no_address_are_each_one_sentence(library):
    with pytest.raises(CommandError, match="No server can be reached"):
        call_command("demo", cast=True, url="http://localhost:1", stdout=StringIO())
    with pytest.raises(CommandError, match="no address"):
        call_command("demo", cast=True, url="ftp://x", stdout=StringIO())
    User.objects.filter(username="tom").update(username="thomas")
    with pytest.raises(CommandError, match=r"manage\.py demo"):
        call_command("demo", cast=True, stdout=StringIO())
