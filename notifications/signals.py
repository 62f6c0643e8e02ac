"""The facts that notifications declare; services send them inside their transaction."""

from django.dispatch import Signal

notified = Signal()
"""People were notified. Arguments: notifications (as they now are), unread (counts by user id), actor_id."""

notifications_read = Signal()
"""Somebody has read. Arguments: user, ids (None: all up to then), read_at, unread, skip (a connection id or None)."""

preferences_changed = Signal()
"""Arguments: user."""

notifications_withdrawn = Signal()
"""What notifications were about is gone.

Arguments: changed (notifications that say less now), removed ((user id, id) pairs), unread (counts by user id).
"""
