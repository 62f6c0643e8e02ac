"""The kinds of notification that there are: apps declare theirs when they are loaded."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: `code` is its wire name, `label` what a person reads who chooses which they want."""

    code: str
    label: str


KINDS: dict[str, Kind] = {}
"""Every kind by its code, in the order of declaration."""


def declare(code: str, label: str) -> Kind:
    """Declares a kind; a repeated code is a mistake."""
    if code in KINDS:
        raise TypeError(f"The notification {code} is declared twice.")
    kind = KINDS[code] = Kind(code, label)
    return kind


NEW_FOLLOWER = declare("NEW_FOLLOWER", "Somebody follows me")
