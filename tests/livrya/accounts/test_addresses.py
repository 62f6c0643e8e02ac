"""By which address tries are counted, and how that is stored."""

import pytest
from django.test import RequestFactory

from livrya.accounts.addresses import client_address, stored_address


@pytest.mark.parametrize(
    ("peer", "counted", "stored"),
    [
        ("192.0.2.7", "192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("", "unknown", "0.0.0.0"),
    ],
)
def test_what_is_stored_is_an_address_whatever_the_peer_is(peer: str, counted: str, stored: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=peer)
    assert (client_address(request), stored_address(request)) == (counted, stored)
