"""Text that is none: JSON can write half of a surrogate pair, and NUL, which no encoding or database holds.

JavaScript's `slice` makes such halves out of emoji, so honest clients send them.
"""

import re

_WRONG = re.compile(
    # What is kept: a pair, any other escape, and a backslash that is meant as such.
    r"(\\(?:[^u]|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u(?!0000|[dD][89a-fA-F])))"
    r"|\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})"
)
# A noncharacter: every encoding and database takes it, no name has it, and whoever cleans text takes it out.
_STAND_IN = "\\uffff"


def scalars_only(json: str) -> str:
    """Returns the JSON with U+FFFF in place of every escaped half of a surrogate pair and every escaped NUL."""
    if "\\u0000" in json or "\\ud" in json or "\\uD" in json:
        return _WRONG.sub(lambda found: found[1] or _STAND_IN, json)
    return json
