"""Bounds of what one person may keep and how often they may act, and of what staff may do to one."""

from datetime import timedelta

from realtime.people import Act

KEPT_AWAY = 1000
"""So many people can be blocked, and as many muted: each session holds the set while it is open."""

LONGEST_SUSPENSION = timedelta(days=366)
"""Beyond, an account is closed for good instead."""

SIGN_UPS = Act("sign-up", most=20, seconds=3600)
"""From one address, made or refused."""
SIGN_INS = Act("sign-in", most=10, seconds=60)
"""Tries from one address, whichever names: who sprays one password over many is one who guesses."""
OWN_PASSWORD = Act("own-password", most=10, seconds=900)
"""Tries of a person's own password by whoever has their session; as slow as guessing it at the door (`AXES_*`)."""
UPLOADS = Act("upload", most=30, seconds=3600)
"""Files of a person: their picture, covers, what they send to groups."""
FOLLOWS = Act("follow", most=100, seconds=3600)
"""People whom a person begins to follow, each of whom is notified."""
TICKETS = Act("ticket", most=120, seconds=60)
"""Tickets for connections that a person gets; each is a row until it is used."""
