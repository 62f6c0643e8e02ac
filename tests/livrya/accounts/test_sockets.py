"""People over sockets: how what ends a sign-in ends its connections, and what does not."""

import pytest

from livrya.accounts.models import User
from livrya.accounts.services import access, people, tokens
from realtime.errors import CloseCode
from tests.livrya.accounts.doors import Enter, enter, hub, in_thread
from tests.livrya.accounts.people import PASSWORD, browser, person

__all__ = ["enter", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)

somebody = in_thread(person)


async def test_a_changed_profile_is_heard_by_its_person_alone(enter: Enter) -> None:
    ada, bob = await somebody("ada"), await somebody("bob")
    own, other = await enter(ada), await enter(bob)
    for user, name in ((ada, "Ada Quill"), (bob, "Bob")):
        await in_thread(people.update_profile)(actor=user, user=user, display_name=name)
    assert (await own.event("profile:changed"))["payload"]["person"]["displayName"] == "Ada Quill"
    assert (await other.event("profile:changed"))["payload"]["person"]["displayName"] == "Bob"


async def test_revoking_a_token_ends_its_connections_and_no_others(enter: Enter) -> None:
    ada = await somebody("ada")
    first = await in_thread(tokens.issue)(user=ada)
    second = await in_thread(tokens.rotate)(refresh=first.refresh)
    kicked = [await enter(ada, token=first.access), await enter(ada, token=second.access)]
    stays = await enter(ada)
    await in_thread(tokens.revoke)(refresh=second.refresh)
    assert [await client.ended() for client in kicked] == [CloseCode.REVOKED] * 2
    assert await stays.tell("notification:list") is not None


@pytest.mark.parametrize("way", ["password", "deactivate", "everywhere", "delete"])
async def test_whatever_ends_all_sign_ins_ends_all_connections(enter: Enter, way: str) -> None:
    ada, bob = await somebody("ada"), await somebody("bob")
    kicked, stays = [await enter(ada), await enter(ada, "/notifications")], await enter(bob)
    await in_thread(_end)(way, ada)
    assert [await client.ended() for client in kicked] == [CloseCode.REVOKED] * 2
    assert await stays.tell("notification:list") is not None


def _end(way: str, ada: User) -> None:
    if way == "password":
        access.change_password(actor=ada, user=ada, old_password=PASSWORD, new_password="another long secret")
    elif way == "deactivate":
        access.deactivate(actor=None, user=ada)
    elif way == "everywhere":
        access.sign_out_everywhere(actor=ada, user=ada)
    else:
        access.delete_account(actor=None, user=ada)


async def test_a_lost_role_ends_the_connection_that_had_it(enter: Enter) -> None:
    staff = await somebody("staff", is_staff=True)
    client = await enter(staff, "/admin")
    await in_thread(access.set_role)(actor=None, user=staff, is_staff=False, is_superuser=False)
    assert await client.ended() == CloseCode.REVOKED


async def test_a_change_of_privacy_keeps_the_connection(enter: Enter) -> None:
    ada = await somebody("ada")
    client = await enter(ada)
    await in_thread(people.set_privacy)(actor=ada, user=ada, hide_online=True)
    await in_thread(people.update_profile)(actor=ada, user=ada, bio="after")
    await client.event("profile:changed")


async def test_signing_out_of_the_browser_ends_what_its_cookie_opened(enter: Enter) -> None:
    ada = await somebody("ada")
    page = await in_thread(browser)(ada)
    ticket = (await in_thread(page.post)("/api/v1/auth/ticket/")).json()["ticket"]
    from realtime.routing import websocket_application
    from realtime.testing.client import JsonClient

    client = await JsonClient.in_process(websocket_application, f"/ws/?ticket={ticket}")
    assert (await client.ready())["username"] == "ada"
    await in_thread(page.logout)()
    assert await client.ended() == CloseCode.REVOKED
