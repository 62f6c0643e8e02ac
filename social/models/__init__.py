"""What groups consist of: state and constraints."""

from social.models.group import Group
from social.models.invitation import Invitation
from social.models.membership import Ban, Membership, Role
from social.models.message import Attachment, AttachmentKind, Message, Reaction
from social.models.report import Report, ReportKind, ReportState

__all__ = [
    "Attachment",
    "AttachmentKind",
    "Ban",
    "Group",
    "Invitation",
    "Membership",
    "Message",
    "Reaction",
    "Report",
    "ReportKind",
    "ReportState",
    "Role",
]
