"""Every permission question of groups."""

from social.policies.groups import (
    knows,
    outranks,
    public_to,
    refuse_stranger,
    require_managing,
    require_member,
    require_moderator,
    require_owner,
    require_report_reader,
)

__all__ = [
    "knows",
    "outranks",
    "public_to",
    "refuse_stranger",
    "require_managing",
    "require_member",
    "require_moderator",
    "require_owner",
    "require_report_reader",
]
