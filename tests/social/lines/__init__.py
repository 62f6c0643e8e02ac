"""What a client of groups sees: one scenario for each line of the table of commands and events.

Each makes its own groups and people, so that all of them can run against one server, one after another.
"""

from tests.social.lines import groups, joining, moderating, presence, talking

LINES = [
    *groups.LINES,
    *joining.LINES,
    *talking.LINES,
    *presence.LINES,
    *moderating.LINES,
]
