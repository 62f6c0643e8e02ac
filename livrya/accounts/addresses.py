"""By which address somebody who is not signed in is counted."""

from ipaddress import ip_address

from django.http import HttpRequest

from realtime.identity import tries_counted_as


def client_address(request: HttpRequest) -> str:
    """Returns the address by which tries are counted; loopback counts as one too, and so do all unknown ones."""
    return tries_counted_as(str(request.META.get("REMOTE_ADDR") or ""))


_NO_ADDRESS = "0.0.0.0"  # noqa: S104  # nothing is bound to it: nobody's own, and what a column for addresses takes


def stored_address(request: HttpRequest) -> str:
    """Returns the same where it is stored: PostgreSQL's column takes addresses and no other words."""
    address = client_address(request)
    try:
        return str(ip_address(address))
    except ValueError:
        return _NO_ADDRESS
