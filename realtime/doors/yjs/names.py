"""What stock clients call a document: its room, the epoch that their copy is of, and the schema that they know.

`draft:12@9f86d081884c7d65.1`. All of it is in the name, because a name is all that a stock client keeps beside its
copy: a copy of before the document was begun anew would double everything in it, and an editor that knows another
schema deletes what it does not know.
"""

import re
from typing import NamedTuple, Self

from realtime.errors import NotFound
from realtime.rooms import Room, parse_room

# Behind the @. A path may have all of it as it is; whoever escapes it says the same.
_COPY = re.compile(r"([0-9a-f]{1,64})\.(0|[1-9][0-9]{0,8})", re.ASCII)


class DocumentName(NamedTuple):
    """`epoch` and `schema` are None in a name that is the room's alone."""

    room: Room
    epoch: str | None = None
    schema: int | None = None

    @classmethod
    def parse(cls, name: str) -> Self:
        """Reads a name. Raises NotFound for what is none."""
        room, at, copy = name.partition("@")
        if not at:
            return cls(parse_room(room))
        match = _COPY.fullmatch(copy)
        if match is None:
            raise NotFound("There is no such document.")
        return cls(parse_room(room), match[1], int(match[2]))

    def __str__(self) -> str:
        return self.room.name if self.epoch is None else f"{self.room.name}@{self.epoch}.{self.schema}"
