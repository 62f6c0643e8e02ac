"""Who is at the other end: nobody in particular, somebody, and under which name an address is counted."""

import pytest
from pytest_django import Settings

from realtime.identity import (
    ANONYMOUS,
    UNKNOWN,
    Identity,
    authenticator,
    client_counted_as,
    counted_as,
    tries_counted_as,
)

pytestmark = pytest.mark.either_database


def test_nobody_in_particular_is_anonymous() -> None:
    assert ANONYMOUS.is_anonymous
    assert not Identity(7, "ada").is_anonymous


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),  # the same client, over a socket for both
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("::ffff:127.0.0.1", ""),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_an_address_is_counted_under_what_its_owner_cannot_change(address: str, name: str) -> None:
    assert counted_as(address) == name


def test_this_machine_is_not_counted_unless_it_stands_for_those_behind_a_proxy(settings: Settings) -> None:
    settings.REALTIME = {**settings.REALTIME, "TRUSTED_PROXIES": 0}
    assert client_counted_as("127.0.0.1") == ""
    assert client_counted_as("nonsense") == UNKNOWN
    assert client_counted_as("203.0.113.7") == "203.0.113.7"
    settings.REALTIME = {**settings.REALTIME, "TRUSTED_PROXIES": 1}
    assert client_counted_as("127.0.0.1") == UNKNOWN


def test_tries_are_always_counted_under_some_name() -> None:
    assert tries_counted_as("203.0.113.7") == "203.0.113.7"
    assert tries_counted_as("127.0.0.1") == "127.0.0.1"
    assert tries_counted_as("") == UNKNOWN


class Other:
    """Another authenticator."""


def test_the_projects_authenticator_is_made_once_and_anew_for_other_settings(settings: Settings) -> None:
    before = authenticator()
    assert authenticator() is before
    settings.REALTIME = {**settings.REALTIME, "AUTHENTICATOR": f"{__name__}.Other"}
    assert type(authenticator()).__name__ == "Other"
