"""Guessing a password ends in waiting, whichever door is tried."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.livrya.accounts.people import PASSWORD, person

pytestmark = pytest.mark.django_db

LIMIT = 10


@pytest.fixture(autouse=True)
def no_other_limit(settings) -> None:
    settings.ACT_LIMITS = {"sign-in": (1000, 60)}


def over_the_api(password: str, name: str = "ada", **extra: str) -> int:
    given = {"username": name, "password": password}
    return Client().post("/api/v1/auth/token/", given, "application/json", **extra).status_code


def on_the_page(password: str, name: str = "ada") -> int:
    return Client().post(reverse("sign-in"), {"username": name, "password": password}).status_code


def test_after_ten_wrong_passwords_the_right_one_has_to_wait_too() -> None:
    person("ada")
    assert [over_the_api("wrong") for _ in range(LIMIT - 1)] == [401] * (LIMIT - 1)
    assert over_the_api("wrong") == 429
    assert over_the_api(PASSWORD) == on_the_page(PASSWORD) == 429


def test_the_answer_over_the_api_has_the_error_shape_and_the_time_to_wait() -> None:
    for _ in range(LIMIT):
        over_the_api("wrong")
    given = {"username": "ada", "password": "wrong"}
    answer = Client().post("/api/v1/auth/token/", given, "application/json")
    assert (answer.json()["code"], answer.json()["retryAfter"]) == ("RATE_LIMITED", 15 * 60 * 1000)
    assert answer["Retry-After"] == "900"


def test_the_page_and_the_admin_count_too_and_so_does_every_way_of_writing_the_name() -> None:
    person("ada", is_staff=True)
    for number in range(LIMIT):
        if number % 2:
            on_the_page("wrong", name="ADA"[: 3 - number % 2] + "a")
        else:
            Client().post(reverse("admin:login"), {"username": "Ada", "password": "wrong"})
    page = Client().post(reverse("sign-in"), {"username": "ada", "password": PASSWORD})
    assert page.status_code == 429
    assert "15 minutes" in page.content.decode()


def test_others_and_other_addresses_are_let_in() -> None:
    person("ada")
    person("bob")
    for _ in range(LIMIT):
        over_the_api("wrong")
    assert over_the_api(PASSWORD, name="bob") == 200
    assert over_the_api(PASSWORD, REMOTE_ADDR="192.0.2.1") == 200


def test_the_addresses_of_one_ipv6_network_count_together() -> None:
    person("ada")
    for number in range(LIMIT):
        over_the_api("wrong", REMOTE_ADDR=f"2001:db8::{number + 1:x}")
    assert over_the_api(PASSWORD, REMOTE_ADDR="2001:db8::ffff") == 429
    assert over_the_api(PASSWORD, REMOTE_ADDR="2001:db8:0:1::1") == 200


@pytest.mark.parametrize("address", ["", "unix:"])
def test_whose_address_nobody_knows_signs_in_and_is_counted_with_the_others(address: str) -> None:
    person("ada")
    assert over_the_api(PASSWORD, REMOTE_ADDR=address) == 200
    assert [over_the_api("wrong", REMOTE_ADDR=address) for _ in range(LIMIT)] == [401] * (LIMIT - 1) + [429]
    assert over_the_api(PASSWORD, REMOTE_ADDR="") == 429
    assert over_the_api(PASSWORD, REMOTE_ADDR="192.0.2.9") == 200


def test_signing_in_forgets_the_wrong_ones_before() -> None:
    person("ada")
    for _ in range(2):
        assert [over_the_api("wrong") for _ in range(LIMIT - 1)] == [401] * (LIMIT - 1)
        assert over_the_api(PASSWORD) == 200
