"""The facts that accounts declare; services send them inside their transaction."""

from django.dispatch import Signal

person_joined = Signal()
"""Somebody signed up, or staff made their account. Arguments: user, actor (staff)."""

profile_changed = Signal()
"""Name, biography or picture changed. Arguments: user, actor."""

privacy_changed = Signal()
"""What a person hides changed. Arguments: user, actor."""

sign_ins_ended = Signal()
"""Every session and token of a person ended (new password, deactivation, lost role). Arguments: user, actor, reason."""

user_followed = Signal()
"""Arguments: follow, actor."""

user_unfollowed = Signal()
"""Arguments: follower, followed, actor."""

user_blocked = Signal()
"""Arguments: blocker, blocked, actor. The follows between them have ended before, each with its own signal."""

user_unblocked = Signal()
"""Arguments: blocker, blocked, actor."""

user_muted = Signal()
"""Arguments: muter, muted, actor."""

user_unmuted = Signal()
"""Arguments: muter, muted, actor."""

account_opened = Signal()
"""A closed account is open again. Arguments: user, actor (None: a suspension has ended)."""

role_changed = Signal()
"""Somebody is staff or superuser now, or no longer, or has other groups of staff rights. Arguments: user, actor."""

rights_changed = Signal()
"""What a group of staff may has changed. Arguments: group (of django.contrib.auth), actor."""
