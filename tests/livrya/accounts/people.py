"""People for tests, and how they knock."""

from django.contrib.auth.hashers import make_password
from rest_framework.test import APIClient

from livrya.accounts.models import User

PASSWORD = "a long enough secret"


def person(username: str, **fields: object) -> User:
    """Returns a new person whose password is PASSWORD."""
    return User.objects.create(username=username, password=make_password(PASSWORD), **fields)


def browser(user: User | None = None) -> APIClient:
    """Returns a client that is signed in by a session cookie, as a browser is."""
    client = APIClient()
    if user:
        client.force_login(user)
    return client


def program(access: str) -> APIClient:
    """Returns a client that carries an access token."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client
