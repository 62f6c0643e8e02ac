"""What the views of the library have in common."""

from typing import Any, TypeVar

from django.db.models import Model
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from books.policies import Viewer
from livrya.accounts.models import User

M = TypeVar("M", bound=Model)


class Listing(generics.ListAPIView[M]):
    """A list in pages; `order` follows the rule of `livrya.kit.cursors.page`."""

    filter_backends: Any = ()


def viewer(request: Request) -> Viewer:
    """Returns who looks; None for nobody."""
    return request.user if isinstance(request.user, User) else None


def gone() -> Response:
    """Returns the answer to what left nothing behind."""
    return Response(status=status.HTTP_204_NO_CONTENT)


def created(data: Any) -> Response:
    """Returns the answer to what made something."""
    return Response(data, status=status.HTTP_201_CREATED)
