"""Bounds of what one person may keep."""

KEPT_AWAY = 1000
"""So many people can be blocked, and as many muted: each session holds the set while it is open."""
