"""What staff do to open connections, over sockets."""

from pathlib import Path

import pytest
from django.test import override_settings

from livrya.audit.models import AuditEntry
from livrya.settings import REALTIME
from realtime.errors import CloseCode
from social.models import Group
from tests.accounts.doors import Enter, enter, hub, in_thread
from tests.accounts.people import person
from tests.social.rooms import group

__all__ = ["enter", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)

somebody = in_thread(person)


@pytest.fixture(autouse=True)
def asked_here(tmp_path: Path):
    with override_settings(REALTIME=REALTIME | {"INSPECTION_DIR": str(tmp_path)}):
        yield


async def test_a_person_is_put_out_of_every_connection_and_may_come_again(enter: Enter) -> None:
    staff, ada = await somebody("keeper", is_staff=True, is_superuser=True), await somebody("ada")
    here, there, moderator = await enter(ada), await enter(ada, "/social"), await enter(staff, "/admin")
    answer = await moderator.tell("user:disconnect", {"userId": ada.pk, "reason": "Have a break."})
    assert answer == {"userId": ada.pk}
    for client in (here, there):
        assert (await client.event("bye"))["payload"]["reason"] == "Have a break."
        assert await client.ended() == CloseCode.REVOKED
    await enter(ada)
    entry = await in_thread(AuditEntry.objects.get)(act="person:disconnect")
    assert (entry.actor_name, entry.target) == ("keeper", f"person:{ada.pk}")
    refused = await moderator.ask("user:disconnect", {"userId": ada.pk, "reason": "x" * 201})
    assert refused["error"]["code"] == "VALIDATION"


async def test_it_is_told_who_is_connected_in_a_room_and_where_a_person_is(enter: Enter) -> None:
    staff, ada = await somebody("keeper", is_staff=True), await somebody("ada")
    await enter(ada)
    moderator = await enter(staff, "/admin")
    for asked in ({"room": f"user:{ada.pk}"}, {"userId": ada.pk}):
        [found] = (await moderator.tell("session:list", asked))["sessions"]
        assert (found["username"], found["namespace"]) == ("ada", "/")
        assert f"user:{ada.pk}" in found["rooms"]
    assert (await moderator.ask("session:list", {}))["error"]["code"] == "VALIDATION"


async def test_a_group_is_closed_and_other_rooms_are_not(enter: Enter) -> None:
    staff = await somebody("keeper", is_staff=True)
    made = await in_thread(group)()
    moderator = await enter(staff, "/admin")
    closed = await moderator.tell("room:close", {"room": f"group:{made.pk}", "reason": "Spam."})
    assert closed == {"room": f"group:{made.pk}"}
    assert (await in_thread(Group.objects.get)(pk=made.pk)).end_reason == "Spam."
    for room, code in ((f"group:{made.pk}", "ROOM_NOT_FOUND"), ("book:1", "VALIDATION"), ("nowhere", "NOT_FOUND")):
        assert (await moderator.ask("room:close", {"room": room}))["error"]["code"] == code
