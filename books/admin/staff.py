"""What the admin pages of the library have in common."""

from collections.abc import Callable
from typing import Any, TypeAlias, cast

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from livrya.accounts.models import User
from realtime.admin import ServiceAdmin

Form: TypeAlias = "ModelForm[Any]"


def actor(request: HttpRequest) -> User:
    """Returns who is at the admin."""
    return cast(User, request.user)


class LibraryAdmin(ServiceAdmin):
    """A page whose actions call one service for each chosen object."""

    def for_each(self, request: HttpRequest, chosen: QuerySet[Any], act: Callable[[Any], object], done: str) -> None:
        """Carries out one act per object; the first refusal ends it and is shown."""
        for thing in chosen:
            act(thing)
        self.message_user(request, done, messages.SUCCESS)


class WrittenElsewhere:
    """Mixin for what is looked at here and never made or changed: its people do that."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
