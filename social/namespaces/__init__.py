"""What one may say to groups, and where: their commands, and the namespace `/social`."""

from livrya.accounts.contacts import greet_with_contacts
from livrya.accounts.namespaces import people
from realtime import UserRoom
from realtime.namespaces import Namespace
from social.events import CallRoom, DirectoryRoom, GroupRoom
from social.namespaces.autorooms import auto_rooms
from social.namespaces.entering import entering
from social.namespaces.groups import groups
from social.namespaces.members import members
from social.namespaces.messages import messages
from social.namespaces.presence import presence
from social.namespaces.reports import reports
from social.selectors.groups import greeting

SOCIAL_ROOMS = (GroupRoom, CallRoom, DirectoryRoom, UserRoom)
social_commands = [entering, groups, members, messages, presence, people, reports]

social_namespace = Namespace(
    "/social",
    commands=social_commands,
    rooms=SOCIAL_ROOMS,
    auto_rooms=auto_rooms,
    greeting=greeting,
    opened=greet_with_contacts,
)

__all__ = ["SOCIAL_ROOMS", "auto_rooms", "social_commands", "social_namespace"]
