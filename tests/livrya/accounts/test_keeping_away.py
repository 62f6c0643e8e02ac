"""Blocking and muting over the API."""

import pytest

from livrya.accounts.models import Block
from livrya.accounts.services import blocking
from tests.livrya.accounts.people import browser, person

pytestmark = pytest.mark.django_db


def test_the_api_lists_whom_one_keeps_away_and_nobody_elses() -> None:
    ada, eve = person("ada"), person("eve")
    person("bob", display_name="Bob B.")
    client = browser(ada)
    client.put("/api/v1/people/bob/block/")
    client.put("/api/v1/people/eve/mute/")
    blocking.block(actor=eve, user=ada)
    assert [found["person"]["displayName"] for found in client.get("/api/v1/me/blocked/").json()["results"]] == [
        "Bob B."
    ]
    assert [found["person"]["username"] for found in client.get("/api/v1/me/muted/").json()["results"]] == ["eve"]
    shown = client.get("/api/v1/people/eve/").json()
    assert (shown["isBlocked"], shown["isMuted"], shown["isFollowed"]) == (False, True, False)
    client.delete("/api/v1/people/bob/block/")
    assert list(Block.objects.values_list("blocker__username", "blocked__username")) == [("eve", "ada")]
    assert browser().get("/api/v1/people/eve/").json()["isBlocked"] is None
