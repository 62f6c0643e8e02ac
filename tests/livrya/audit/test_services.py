"""Writing down what staff do."""

import pytest

import realtime
from livrya.audit.models import AuditEntry
from livrya.audit.services import record
from tests.livrya.accounts.people import person

pytestmark = pytest.mark.django_db


def test_an_act_is_kept_with_who_did_it_to_what() -> None:
    keeper = person("keeper", display_name="The Keeper")
    record(actor=keeper, act="announce", target="announcement:1", until="tomorrow", silent=True)
    kept = AuditEntry.objects.get()
    assert (kept.actor, kept.actor_name, kept.act, kept.target) == (keeper, "keeper", "announce", "announcement:1")
    assert kept.details == {"until": "tomorrow", "silent": True}


def test_a_command_on_the_server_is_the_system() -> None:
    assert (record(actor=None, act="prune").actor, AuditEntry.objects.get().actor_name) == (None, "system")


def test_what_was_not_done_is_not_written_down() -> None:
    with pytest.raises(ZeroDivisionError), realtime.atomic():
        record(actor=None, act="announce")
        raise ZeroDivisionError
    assert not AuditEntry.objects.exists()
