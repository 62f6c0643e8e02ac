"""Turns groups and members into what travels of them, on sockets and over HTTP alike."""

from typing import Any

from livrya.accounts.models import User
from livrya.kit.api.fields import unix_ms
from social import limits
from social.events.groups import Named
from social.models import Group, Invitation, Membership


def state_fields(group: Group) -> dict[str, Any]:
    """Returns the fields of RoomState."""
    return {
        "id": group.pk,
        "slug": group.slug,
        "name": group.name,
        "description": group.description,
        "is_private": group.is_private,
        "has_password": group.has_password,
        "max_users": group.max_users,
        "user_count": group.member_count,
        "persistent": group.persistent,
        "auto_delete": group.auto_delete,
        "restrict_invitations": group.restrict_invitations,
        "slow_seconds": group.slow_seconds,
        "creator_id": group.creator_id,
        "last_number": group.last_number,
        "last_activity": unix_ms(group.last_activity_at),
        "created_at": unix_ms(group.created_at),
    }


def available_fields(group: Group) -> dict[str, Any]:
    """Returns the fields of RoomAvailable."""
    return {
        "id": group.pk,
        "slug": group.slug,
        "name": group.name,
        "description": group.description,
        "has_password": group.has_password,
        "user_count": group.member_count,
        "max_users": group.max_users,
        "persistent": group.persistent,
        "creator_id": group.creator_id,
        "created_at": unix_ms(group.created_at),
    }


def listed_fields(group: Group, own: Membership | None) -> dict[str, Any]:
    """Returns the fields of RoomListed; `own` is the viewer's membership, None where they have none."""
    return {
        "id": group.pk,
        "slug": group.slug,
        "name": group.name,
        "description": group.description,
        "is_public": not group.is_private,
        "has_password": group.has_password,
        "member_count": group.member_count,
        "max_users": group.max_users,
        "persistent": group.persistent,
        "last_activity": unix_ms(group.last_activity_at),
        "unread_count": group.last_number - own.read_number if own else 0,
        "is_member": own is not None,
    }


def person_fields(user: User) -> dict[str, Any]:
    """Returns who somebody is, as groups show it."""
    return {
        "username": user.username,
        "display_name": str(user),
        "avatar": user.avatar.url if user.avatar else None,
    }


def named(user: User) -> Named:
    """Returns somebody by name."""
    return Named(id=user.pk, username=user.username, display_name=str(user))


def member_fields(membership: Membership) -> dict[str, Any]:
    """Returns the fields of MemberContent for a membership whose group and user are loaded."""
    return {
        "user_id": membership.user_id,
        **person_fields(membership.user),
        "role": membership.role,
        "joined_at": unix_ms(membership.joined_at),
        "read_number": membership.read_number if tells_receipts(membership) else None,
    }


def link_fields(link: Invitation, token: str) -> dict[str, Any]:
    """Returns the fields of RoomLink for a link that was just made."""
    assert link.expires_at is not None
    return {
        "id": link.pk,
        "token": token,
        "url": f"{link.group.address}?invite={token}",
        "expires_at": unix_ms(link.expires_at),
    }


def tells_receipts(membership: Membership) -> bool:
    """Tells whether the others see how far this member has read."""
    return membership.group.member_count <= limits.RECEIPTS_UP_TO and not membership.user.hide_reading
