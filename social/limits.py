"""How large things may be, in characters unless said otherwise, and how often people may do what."""

from realtime.people import Act

NAME = 80
DESCRIPTION = 1_250
MESSAGE = 4_000
PASSWORD = 128
REASON = 200

FEWEST_USERS = 2
MOST_USERS = 10_000
SLOWEST_SECONDS = 3_600

MENTIONS = 10
"""People who are notified of one message; further names in it are only text."""
ATTACHMENTS = 10
CHAPTER_LINKS = 3
"""Links of one message that unfold."""

AUDIO_BYTES = 20 * 1024 * 1024
FILE_BYTES = 10 * 1024 * 1024
IMAGE_PIXELS = 2_048
"""The longer side of a picture; a larger one is made smaller."""

RECEIPTS_UP_TO = 32
"""Members of a group in which one sees how far the others have read."""
MEMBERS_LISTED = 100
"""Up to so many members are listed in one answer; more come in pages over HTTP."""

REPORT = 1_000
REPORTS_PER_TARGET = 5
"""Open reports about one thing; the moderators know then. Source: archives of fiction take 3 to 5."""
REPORTS_PER_DAY = 20
"""By one person."""
REPORT_CONTEXT = 5
"""Messages before a reported one that the moderators see with it."""
WARNING = 1_000

GROUP_JOINS = Act("group-join", most=10, seconds=60)
"""Groups that a person enters, and guesses of a password."""

NEW_GROUPS = Act("group", most=20, seconds=3600)
"""Groups that a person makes."""
MESSAGES = Act("message", most=120, seconds=60)
"""Said or changed; a group may ask for more patience (slow mode)."""
SEARCHES = Act("message-search", most=60, seconds=60)
"""Searches of messages, each of which looks through all of a person's groups."""
