"""The facts of groups, sent by the services inside the transaction that makes them true.

Every signal has `actor: User | None` (None: the schedule or a command) beside the arguments in its comment.
"""

from django.dispatch import Signal

group_created = Signal()  # group
group_changed = Signal()  # group, was_private: bool
group_ended = Signal()  # group, reason: str

member_joined = Signal()  # membership (with group and user)
member_left = Signal()  # group, user, disconnected: bool (the seat of an ephemeral group was given back)
member_removed = Signal()  # group, user_id, reason: str, banned: bool, was_member: bool
member_unbanned = Signal()  # group, user_id
member_changed = Signal()  # membership (its role)
place_read = Signal()  # membership (with group), connection_id: str | None

person_invited = Signal()  # invitation (with group, user, invited_by)
invitation_ended = Signal()  # invitation (as it was)

message_sent = Signal()  # message (with group, sender, reply_to)
message_edited = Signal()  # message, mentioned: ids of those newly named
message_deleted = Signal()  # message, moderated: bool
message_reacted = Signal()  # message

report_filed = Signal()  # report
report_settled = Signal()  # report (as settled), taken_down: bool, warning: str
