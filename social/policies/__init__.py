"""Every permission question of groups."""

from social.policies.groups import (
    outranks,
    refuse_stranger,
    require_managing,
    require_member,
    require_moderator,
    require_owner,
    require_report_reader,
)

__all__ = [
    "outranks",
    "refuse_stranger",
    "require_managing",
    "require_member",
    "require_moderator",
    "require_owner",
    "require_report_reader",
]
