"""Where a reader is in a room's log."""

import msgspec


class Position(msgspec.Struct, frozen=True, forbid_unknown_fields=True, order=False):
    """A place in one room's log: everything up to and including `seq` of this `epoch` is known.

    `seq` 0 is the place before the first event. Two positions compare only within one epoch; another
    epoch means that history was lost and the room starts afresh (`room:reset`).
    """

    epoch: str
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}:{self.seq}"
