"""What the views of the library have in common."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
from django.db.models import Model
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

import realtime
from books.policies import Viewer
from livrya.accounts.models import User
from realtime.rooms import Room
from realtime.snapshots import Snapshot

M = TypeVar("M", bound=Model)


class Listing(generics.ListAPIView[M]):
    """A list in pages; `order` follows the rule of `livrya.cursors.page`."""

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


@contextmanager
def one_instant() -> Iterator[Snapshot]:
    """Reads in the block belong together with the room's position: this answer and what follows it are exact."""
    with realtime.snapshot() as instant:
        yield instant


def position(instant: Snapshot, room: Room) -> dict[str, Any]:
    """Returns where the room's log stood when the answer was read: `since` for joining it."""
    return dict(msgspec.to_builtins(instant.position(room)))
