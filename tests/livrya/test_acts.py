"""One count for one act, whichever edge it comes through; and the docs say which there are."""

import re
from pathlib import Path

import pytest
from django.test import Client

from livrya.accounts.services import access, people
from realtime.errors import RateLimited
from realtime.people.limits.acts import ACTS, Act, uncounted
from tests.commands import ROOT
from tests.livrya.accounts.doors import Enter, enter, hub, in_thread
from tests.livrya.accounts.people import PASSWORD, person
from tests.livrya.acts import WAYS, do, set_scene

__all__ = ["enter", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_stays(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("name", WAYS)
async def test_one_count_for_one_act_at_whichever_edge(name: str, enter: Enter, settings) -> None:
    ways = WAYS[name]
    scene = await in_thread(set_scene)(enter)
    settings.ACT_LIMITS = {name: (len(ways), 3600)}
    # Each edge once: if one did not count, there would be one act left; if one counted twice, one too few.
    assert [edge for edge, way in ways.items() if (await do(way, scene)).limited] == []
    refused = {edge: await do(way, scene) for edge, way in ways.items()}
    assert [edge for edge, outcome in refused.items() if not outcome.limited] == []
    assert all(0 < (outcome.wait_seconds or 0) <= 3600 for outcome in refused.values())


def test_every_act_is_in_the_table_and_in_the_docs() -> None:
    assert set(ACTS) == set(WAYS)
    found = dict(re.findall(r"^\| `([a-z-]+)` \|[^|]*\| (\d[^|]*) \|", _section("## Acts"), re.M))
    assert found == {name: _said(act) for name, act in ACTS.items()}


def _section(head: str) -> str:
    return (ROOT / "docs" / "settings.md").read_text().partition(f"\n{head}\n")[2].partition("\n## ")[0]


def _said(act: Act) -> str:
    times = {60: "a minute", 900: "in 15 minutes", 3600: "an hour"}
    return f"{act.most} {times[int(act.seconds)]}"


def sign_in_page(name: str, password: str = "Summer2026", **where: str) -> int:
    return Client().post("/sign-in/", {"username": name, "password": password}, **where).status_code


def test_a_page_says_when_to_come_back(settings) -> None:
    settings.ACT_LIMITS = {"sign-in": (10, 600)}
    for _ in range(10):
        sign_in_page("ada")
    answer = Client().post("/sign-in/", {"username": "ada", "password": "Summer2026"})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert "Please wait" in answer.content.decode()


def test_what_a_command_does_in_peoples_names_and_what_the_system_does_is_not_counted(settings) -> None:
    settings.ACT_LIMITS = {"sign-up": (1, 60), "own-password": (1, 60)}
    for number in range(3):
        people.sign_up(username=f"new{number}", password=PASSWORD)
    ada = person("ada")
    with uncounted():
        for _ in range(2):
            access.change_password(actor=ada, user=ada, old_password=PASSWORD, new_password=PASSWORD)
    access.change_password(actor=ada, user=ada, old_password=PASSWORD, new_password=PASSWORD)
    with pytest.raises(RateLimited):
        access.change_password(actor=ada, user=ada, old_password=PASSWORD, new_password=PASSWORD)
