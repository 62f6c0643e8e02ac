"""Groups: made, described, ended."""

import secrets
from typing import Any, TypedDict, Unpack

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django.utils.text import slugify

import realtime
from books.errors import invalid
from books.policies.people import require_person
from books.services import checking
from livrya.accounts.models import User
from social import limits, signals
from social.models import Group, Membership, Role
from social.policies import require_managing, require_moderator
from social.services.locking import lock_group
from social.services.seats import end_group, seat_ends_at


class Description(TypedDict, total=False):
    """What describes a group and may change; `password` as people type it, empty for none."""

    name: str
    description: str
    is_private: bool
    password: str
    max_users: int | None
    restrict_invitations: bool


def create_group(
    *, actor: User | None, persistent: bool = True, auto_delete: bool = False, **description: Unpack[Description]
) -> Group:
    """Makes a group, whose owner and first member is the actor.

    `auto_delete` is for ephemeral groups: they end when their creator goes.
    """
    person = require_person(actor)
    if auto_delete and persistent:
        raise invalid("autoDelete", "Only a group that is not persistent can end with its creator.")
    limits.NEW_GROUPS.charge(person.pk)
    group = Group(
        creator=person,
        persistent=persistent,
        auto_delete=auto_delete,
        member_count=1,
        last_activity_at=timezone.now(),
    )
    _describe(group, {"name": "", **description})
    group.slug = f"{slugify(group.name) or 'room'}-{secrets.token_hex(3)}"
    with realtime.atomic():
        group.save(force_insert=True)
        Membership.objects.create(
            group=group, user=person, role=Role.OWNER, present_until=None if persistent else seat_ends_at()
        )
        signals.group_created.send(Group, group=group, actor=actor)
    return group


def update_group(*, actor: User | None, group_id: int, **description: Unpack[Description]) -> Group:
    """Changes what is given of a group's description; its owner may, staff and the system."""
    hashed = _hashed(description)  # takes its time: not while the group is locked
    with realtime.atomic():
        group = lock_group(group_id)
        require_managing(actor, group, staff="social.change_group", act="group:update")
        was_private = group.is_private
        _describe(group, description, hashed)
        if group.max_users is not None and group.max_users < group.member_count:
            raise invalid("maxUsers", f"There are {group.member_count} people in this group already.")
        group.save()
        signals.group_changed.send(Group, group=group, was_private=was_private, actor=actor)
    return group


def set_slow_mode(*, actor: User | None, group_id: int, seconds: int) -> Group:
    """Makes members wait so long between two messages; 0: not at all."""
    if not 0 <= seconds <= limits.SLOWEST_SECONDS:
        raise invalid("seconds", f"A whole number from 0 to {limits.SLOWEST_SECONDS}, please.")
    with realtime.atomic():
        group = lock_group(group_id)
        if actor is not None:
            require_moderator(actor, group)
        if group.slow_seconds != seconds:
            group.slow_seconds = seconds
            group.save(update_fields=["slow_seconds"])
            signals.group_changed.send(Group, group=group, was_private=group.is_private, actor=actor)
    return group


def delete_group(*, actor: User | None, group_id: int, reason: str = "") -> Group:
    """Ends a group for everybody, whatever is going on in it; its owner may, staff and the system."""
    reason = checking.line("reason", reason, longest=limits.REASON, required=False)
    with realtime.atomic():
        group = lock_group(group_id)
        require_managing(actor, group, staff="social.delete_group", act="group:delete")
        end_group(group, reason=reason, actor=actor)
    return group


def _hashed(description: Description) -> str:
    password = description.get("password", "")
    if len(password) > limits.PASSWORD:
        raise invalid("password", f"At most {limits.PASSWORD} characters, please.")
    return make_password(password) if password else ""


def _describe(group: Group, given: Any, hashed: str | None = None) -> None:
    if "name" in given:
        group.name = checking.line("name", given["name"], longest=limits.NAME)
    if "description" in given:
        group.description = checking.body(
            "description", given["description"], longest=limits.DESCRIPTION, required=False
        )
    if "password" in given:
        group.password = _hashed(given) if hashed is None else hashed
    if "max_users" in given:
        group.max_users = _most_users(given["max_users"])
    for name in ("is_private", "restrict_invitations"):
        if name in given:
            setattr(group, name, given[name])


def _most_users(wanted: int | None) -> int | None:
    if wanted is not None and not limits.FEWEST_USERS <= wanted <= limits.MOST_USERS:
        raise invalid("maxUsers", f"A whole number from {limits.FEWEST_USERS} to {limits.MOST_USERS:,}, please.")
    return wanted
