"""Positions as text that a client keeps for us: `book:1=<epoch>:<seq>`, separated by spaces."""

import re
from collections.abc import Iterable

from realtime.positions import Position

_PLACE = re.compile(r"([^ =]+)=([^ =:]*):([0-9]{1,18})", re.ASCII)


def write_place(room: str, position: Position) -> str:
    """Returns one room's position."""
    return f"{room}={position.epoch}:{position.seq}"


def read_places(places: Iterable[str]) -> dict[str, Position] | None:
    """Returns the positions, None if one of them is not of our writing."""
    positions: dict[str, Position] = {}
    for place in places:
        match = _PLACE.fullmatch(place)
        if match is None:
            return None
        positions[match[1]] = Position(match[2], int(match[3]))
    return positions
