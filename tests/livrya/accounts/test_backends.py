"""What every sign-in passes first: tries are counted by address."""

import pytest
from django.test import Client, RequestFactory

from livrya.accounts.backends import CountedSignIn
from realtime.errors import RateLimited
from tests.livrya.accounts.people import PASSWORD, person

pytestmark = pytest.mark.django_db


def test_who_sprays_one_password_over_many_names_has_to_wait_and_others_elsewhere_have_not(settings) -> None:
    settings.ACT_LIMITS = {"sign-in": (10, 3600)}  # nothing comes back while the test runs
    person("ada")
    tried = [sign_in_page(f"name{number}") for number in range(40)]
    assert tried.count(429) == 30
    assert sign_in_page("ada", PASSWORD, REMOTE_ADDR="192.0.2.1") == 302


def sign_in_page(name: str, password: str = "Summer2026", **where: str) -> int:
    return Client().post("/sign-in/", {"username": name, "password": password}, **where).status_code


def test_a_try_counts_by_its_address_before_any_password_is_looked_at(settings) -> None:
    settings.ACT_LIMITS = {"sign-in": (1, 3600)}
    here = RequestFactory().post("/", REMOTE_ADDR="192.0.2.7")
    assert CountedSignIn().authenticate(here, username="ada", password=PASSWORD) is None
    with pytest.raises(RateLimited):
        CountedSignIn().authenticate(here, username="bob")
    CountedSignIn().authenticate(RequestFactory().post("/", REMOTE_ADDR="192.0.2.8"))


def test_who_asks_from_no_address_is_not_counted(settings) -> None:
    settings.ACT_LIMITS = {"sign-in": (1, 3600)}
    for _ in range(3):
        CountedSignIn().authenticate(None, username="ada", password=PASSWORD)
