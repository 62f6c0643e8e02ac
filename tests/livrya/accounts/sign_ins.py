"""Who has signed in, as sockets know them, and what has ended it."""

from django.test import Client

import realtime
from livrya.accounts.models import User
from livrya.accounts.sockets import SocketAuthenticator
from realtime.identity import Identity
from realtime.log.revocation import Revoked
from realtime.testing.capture import Captured

door = SocketAuthenticator()


def signed_in(user: User) -> tuple[Client, Identity]:
    client = Client()
    client.force_login(user)
    return client, door.from_session(client.session.session_key)


def revocations(captured: Captured, user: User) -> list[tuple[str | None, str]]:
    return [
        (payload.credential, payload.reason)
        for _, payload in captured.emitted(realtime.UserRoom(user.pk))
        if isinstance(payload, Revoked)
    ]
