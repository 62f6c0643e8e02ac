"""What a view knows of its request."""

from django.http import HttpRequest

from livrya.accounts.models import User


class PersonRequest(HttpRequest):
    """A request of somebody signed in: what a view behind `login_required` gets."""

    user: User
