"""What a view knows of its request."""

from django.http import HttpRequest

from livrya.accounts.models import User


class PersonRequest(HttpRequest):
    """A request of somebody signed in: what a view behind `login_required` gets."""

    user: User


def whole_number(value: str | None) -> int:
    """Returns a form's number, 0 for anything else; services refuse 0 with a sentence of their own."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 16 else 0
