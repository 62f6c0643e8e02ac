"""Announcements as connected people hear them."""

import asyncio

import pytest
from django.db import connection

from livrya.accounts.models import User
from livrya.accounts.services import tokens
from livrya.audit.models import AuditEntry
from livrya.site.announcements import services
from realtime.errors import CloseCode
from realtime.testing.client import JsonClient
from tests.commands import CommandProcess
from tests.livrya.servers import serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.live]


@pytest.fixture(autouse=True)
def let_others_connect():
    yield
    connection.close()


@pytest.fixture
def staff():
    return User.objects.create_user("keeper", is_staff=True, is_superuser=True)


def announcements(client: JsonClient) -> list[str]:
    return [frame["payload"]["text"] for frame in client.frames if frame.get("type") == "announcement"]


def test_an_announcement_is_heard_by_who_is_there_and_by_who_comes_each_once(staff):
    services.announce(actor=staff, text="In force")
    past = services.announce(actor=staff, text="Over")
    services.withdraw(actor=staff, announcement_id=past.pk)
    token = tokens.issue(user=staff).access

    async def scene(address: str) -> None:
        guest = await JsonClient.over_socket(f"{address}/ws/")
        async with guest:
            assert (await guest.event("announcement"))["payload"]["text"] == "In force"

            desk = await JsonClient.over_socket(f"{address}/ws/admin/", token=token)
            async with desk:
                await desk.ready()
                made = await desk.tell("announce", {"text": "Tea at four"})
            heard = await guest.event("announcement")
            assert heard["payload"] == made
            assert heard["room"] == "admin:broadcast"

            with CommandProcess("announce", "From the command line") as command:
                assert await asyncio.to_thread(command.exit_code, 60) == 0, command.output
            await guest.wait(lambda frame: announcements(guest)[-1] == "From the command line")
            assert announcements(guest) == ["In force", "Tea at four", "From the command line"]

        late = await JsonClient.over_socket(f"{address}/ws/")
        async with late:
            await late.wait(lambda frame: len(announcements(late)) == 3)
            await late.tell("session:ping")
            assert sorted(announcements(late)) == ["From the command line", "In force", "Tea at four"]

    with serving() as address:
        asyncio.run(scene(address.replace("http", "ws", 1)))
    acts = [(entry.actor_name, entry.act) for entry in AuditEntry.objects.order_by("id")]
    assert acts[-2:] == [("keeper", "announce"), ("system", "announce")]


def test_nobody_but_staff_comes_near_the_command(staff):
    reader = User.objects.create_user("reader")
    token = tokens.issue(user=reader).access

    async def scene(address: str) -> None:
        own = await JsonClient.over_socket(f"{address}/ws/", token=token)
        async with own:
            answer = await own.ask("announce", {"text": "Hello"})
            assert answer["error"]["code"] == "UNKNOWN_COMMAND"
        desk = await JsonClient.over_socket(f"{address}/ws/admin/", token=token)
        async with desk:
            assert await desk.ended() == CloseCode.FORBIDDEN

    with serving() as address:
        asyncio.run(scene(address.replace("http", "ws", 1)))
    assert not AuditEntry.objects.exists()
