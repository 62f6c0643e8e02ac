"""What every sign-in passes first, by page, API or admin."""

from typing import Any

from django.http import HttpRequest

from livrya.accounts import limits
from livrya.accounts.addresses import client_address


class CountedSignIn:
    """Counts tries by address, whichever names they are for; lets nobody in by itself.

    The first of AUTHENTICATION_BACKENDS, and no `BaseBackend`: nobody is looked up through it. RateLimited passes
    through `authenticate()` to the edge; no password is hashed for who has to wait, and all names are answered alike.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        if request is not None:
            limits.SIGN_INS.charge(client_address(request))
