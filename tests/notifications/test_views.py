"""One's own notifications over the API."""

import pytest

from livrya.accounts.services import following
from notifications.events import NotificationsRoom
from realtime.testing.capture import capture_events
from tests.livrya.accounts.people import browser, person

pytestmark = pytest.mark.django_db


def test_the_list_is_ones_own_and_says_from_where_its_room_goes_on() -> None:
    ada, bob = person("ada"), person("bob")
    client = browser(ada)
    before = client.get("/api/v1/notifications/").json()
    assert before["results"] == []
    following.follow(actor=bob, user=ada)
    following.follow(actor=ada, user=bob)
    after = client.get("/api/v1/notifications/").json()
    assert [(shown["message"], shown["userId"]) for shown in after["results"]] == [("bob follows you.", bob.pk)]
    assert after["position"]["seq"] > before["position"]["seq"]


def test_some_or_all_are_read_and_the_unread_are_a_list_of_their_own() -> None:
    ada = person("ada")
    for name in ("bob", "eve", "dan"):
        following.follow(actor=person(name), user=ada)
    client = browser(ada)
    newest = client.get("/api/v1/notifications/").json()["results"][0]["id"]
    assert client.post("/api/v1/notifications/read/", {"ids": [newest]}, format="json").json() == {"unread": 2}
    unread = client.get("/api/v1/notifications/?unread=true").json()["results"]
    assert newest not in [shown["id"] for shown in unread]
    assert len(unread) == 2
    with capture_events() as captured:
        assert client.post("/api/v1/notifications/read/", {"all": True}, format="json").json() == {"unread": 0}
    assert captured.types(NotificationsRoom(ada.pk)) == ["notification:read", "notification:count"]


def test_the_kinds_that_are_wanted_are_answered_as_they_then_are() -> None:
    client = browser(person("ada"))
    address = "/api/v1/notifications/preferences/"
    before = client.get(address).json()
    assert {"kind": "NEW_FOLLOWER", "label": "Somebody follows me", "inApp": True} in before
    after = client.put(address, {"kinds": []}, format="json").json()
    assert [row["inApp"] for row in after] == [False] * len(before)
    assert client.get(address).json() == after
    assert client.put(address, {"kinds": ["NONSENSE"]}, format="json").status_code == 400
