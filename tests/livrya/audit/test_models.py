"""What is kept of an act when its people and things are gone."""

import pytest

from livrya.audit.models import AuditEntry
from tests.livrya.accounts.people import person

pytestmark = pytest.mark.django_db


def test_an_act_outlives_the_account_that_did_it() -> None:
    keeper = person("keeper")
    kept = AuditEntry.objects.create(actor=keeper, actor_name=keeper.username, act="announce", target="announcement:1")
    keeper.delete()
    kept.refresh_from_db()
    assert (kept.actor, str(kept)) == (None, "keeper: announce announcement:1")


def test_the_newest_act_comes_first() -> None:
    for act in ("announce", "withdraw"):
        AuditEntry.objects.create(actor_name="system", act=act)
    assert [str(entry) for entry in AuditEntry.objects.all()] == ["system: withdraw", "system: announce"]
