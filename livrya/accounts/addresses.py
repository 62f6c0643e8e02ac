"""By which address somebody who is not signed in is counted."""

from django.http import HttpRequest

from realtime.identity import UNKNOWN, counted_as


def client_address(request: HttpRequest) -> str:
    """Returns the address by which tries are counted; loopback counts as one too, and so do all unknown ones."""
    address = str(request.META.get("REMOTE_ADDR") or "")
    return counted_as(address) or address or UNKNOWN
