"""Bounds of what one person may keep, and of what staff may do to one."""

from datetime import timedelta

KEPT_AWAY = 1000
"""So many people can be blocked, and as many muted: each session holds the set while it is open."""

LONGEST_SUSPENSION = timedelta(days=366)
"""Beyond, an account is closed for good instead."""
