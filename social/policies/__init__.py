"""Every permission question of groups."""

from social.policies.groups import (
    may_manage,
    outranks,
    refuse_stranger,
    require_member,
    require_moderator,
    require_owner,
)

__all__ = [
    "may_manage",
    "outranks",
    "refuse_stranger",
    "require_member",
    "require_moderator",
    "require_owner",
]
