"""What is said in a group, as its page shows it and as its scripts go on with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from django.utils.timezone import localtime

from livrya.accounts.models import User
from livrya.accounts.selectors import kept_away
from social.events.describing import member_fields, state_fields
from social.events.groups import RoomState
from social.events.members import MemberContent
from social.events.messages import MessageShown
from social.models import Group
from social.selectors.members import listed_members
from social.selectors.messages import messages_before, shown

SHOWN = 50
"""Messages of the page; scripts and the link to older ones bring more."""
BREAK_MS = 5 * 60 * 1000
"""After such a silence a message shows again who says it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A message with how it follows the one before: a new day, something new, the head of its sender's words."""

    message: MessageShown
    said_at: datetime
    begins_day: bool
    begins_new: bool
    has_head: bool


def conversation(viewer: User, group: Group, *, before: int | None) -> dict[str, Any]:
    """Returns the context of a group's page; `group` comes with `own`, the viewer's membership. Nine queries."""
    own = group.__dict__["own"]
    found, has_older = messages_before(viewer, group, before=before, limit=SHOWN)
    messages = shown(found, viewer)
    members = listed_members(group)
    older = messages[0].number if has_older else None
    known = {
        "room": RoomState(**state_fields(group)),
        "role": own.role,
        "readNumber": own.read_number,
        "members": [MemberContent(**member_fields(member)) for member in members],
        "messages": messages,
        "before": older,
        "keptAway": sorted(kept_away(viewer)),
    }
    return {
        "group": group,
        "own": own,
        "members": members,
        "lines": lines(messages, own.read_number),
        "older": older,
        "is_newest": before is None,
        "unread": max(0, group.last_number - own.read_number),
        "may_invite": own.moderates or not group.restrict_invitations,
        "known": msgspec.to_builtins(known),
    }


def lines(messages: Sequence[MessageShown], read_number: int) -> list[Line]:
    """Returns the messages, each with how it follows the one before."""
    found: list[Line] = []
    previous: MessageShown | None = None
    for message in messages:
        begins_day = previous is None or _day(message) != _day(previous)
        begins_new = message.number > read_number and (previous is None or previous.number <= read_number)
        goes_on = (
            previous is not None
            and not begins_day
            and not begins_new
            and message.reply_to is None
            and not previous.deleted
            and previous.sender.id == message.sender.id
            and message.created_at - previous.created_at < BREAK_MS
        )
        # A page that begins with something new may begin in the middle of it: the line is drawn all the same.
        found.append(Line(message, _moment(message), begins_day, begins_new and read_number > 0, not goes_on))
        previous = message
    return found


def _moment(message: MessageShown) -> datetime:
    return datetime.fromtimestamp(message.created_at / 1000, UTC)


def _day(message: MessageShown) -> date:
    return localtime(_moment(message)).date()
