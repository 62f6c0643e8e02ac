"""Names that are nobody's to take, and names that look like another."""

import re

from livrya.kit.addresses import taken_words

LIBRARIAN = "librarian"
"""Who owns imported books where nobody else is named."""

RESERVED = frozenset(
    f"""
    admin admins administrator administrators moderator moderators mod mods staff team owner official root superuser
    sysadmin system support help security abuse postmaster webmaster hostmaster noreply info contact
    me myself you self everyone everybody anybody nobody here anonymous anonymoususer guest deleted unknown null none
    undefined livrya {LIBRARIAN} bot api
    """.split()
)
"""The site's own, those that speak for it, and words that mean somebody else."""

SEPARATORS = "_.@+-"
"""What a name may have besides letters and digits."""

_DROPPED = str.maketrans("", "", SEPARATORS)
_ALIKE = str.maketrans("01i", "oll")


def fold(name: str) -> str:
    """Returns a name without its case and separators: `A.da` is `ada`. The database computes the same, see User."""
    return name.lower().translate(_DROPPED)


def is_reserved(name: str) -> bool:
    """Tells whether a name is the site's own, or could be read as one that is: `LIBRARIAN`, `lib.rarian`, `adm1n`."""
    return _skeleton(name) in _SKELETONS or name.lower() in taken_words("username")


def _skeleton(name: str) -> str:
    # Of the letters that a name may have, these are taken for one another in some type.
    folded = fold(name).translate(_ALIKE)
    return re.sub("vv", "w", re.sub("rn", "m", folded))


_SKELETONS = frozenset(map(_skeleton, RESERVED))
