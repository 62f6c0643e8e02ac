"""What staff do to open connections."""

import pytest

from livrya.accounts import policies
from livrya.audit.models import AuditEntry
from livrya.site.monitoring.services import LONGEST_REASON, disconnect_person, require_watcher
from realtime import UserRoom
from realtime.errors import Forbidden, ValidationFailed
from realtime.testing.capture import capture_events
from tests.livrya.accounts.people import person
from tests.livrya.staff import staff

pytestmark = pytest.mark.django_db


def test_who_is_put_out_is_told_why_and_it_is_written_down() -> None:
    helper, ada = staff(policies.EDIT), person("ada")
    with capture_events() as captured:
        disconnect_person(actor=helper, user=ada, reason=" Have a\u202e break. ")
    assert [room for room, _ in captured.emitted()] == [UserRoom(ada.pk).name]
    kept = AuditEntry.objects.get()
    assert (kept.actor, kept.act, kept.target) == (helper, "person:disconnect", f"person:{ada.pk}")
    assert kept.details == {"reason": "Have a break."}


def test_nobody_is_put_out_by_who_may_not_close_their_account_nor_with_a_speech() -> None:
    helper, ada = staff(policies.EDIT), person("ada")
    with capture_events() as captured:
        for actor, user in ((person("bob"), ada), (staff(policies.WATCH), ada), (helper, staff())):
            with pytest.raises(Forbidden):
                disconnect_person(actor=actor, user=user)
        with pytest.raises(ValidationFailed):
            disconnect_person(actor=helper, user=ada, reason="x" * (LONGEST_REASON + 1))
    assert captured.events == []


def test_watching_has_a_permission_of_its_own() -> None:
    require_watcher(staff(policies.WATCH))
    for actor in (staff(policies.EDIT), person("ada")):
        with pytest.raises(Forbidden):
            require_watcher(actor)
