"""Every permission question of groups."""

from social.policies.groups import (
    is_public_apart_from,
    knows,
    outranks,
    public_apart_from,
    public_to,
    refuse_stranger,
    require_managing,
    require_member,
    require_moderator,
    require_owner,
    require_report_reader,
)

__all__ = [
    "is_public_apart_from",
    "knows",
    "outranks",
    "public_apart_from",
    "public_to",
    "refuse_stranger",
    "require_managing",
    "require_member",
    "require_moderator",
    "require_owner",
    "require_report_reader",
]
