"""Reads what the doors send, as it came: each raw frame becomes what it says about rooms, in the checker's words."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from realtime.positions import Position


@dataclass(frozen=True, slots=True)
class Began:
    """A room's stream begins behind `position`; None with a `reason` when the room was refused.

    `recovered` is None when the client asked for no position.
    """

    room: str
    position: Position | None
    recovered: bool | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A durable event; `type` "hidden" is one that this client is not shown. `payload` as it was read."""

    room: str
    position: Position
    type: str
    payload: Any = None


@dataclass(frozen=True, slots=True)
class Reset:
    """The room goes on from `position`, with a hole before it that was announced."""

    room: str
    position: Position
    reason: str


@dataclass(frozen=True, slots=True)
class Left:
    """The client receives the room no longer."""

    room: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a command: by its requestId, on Socket.IO by the number of its ack."""

    request: str
    answer: Mapping[str, Any]


Observation: TypeAlias = Began | Received | Reset | Left | Answered


def read_json(raw: str) -> Iterator[Observation]:
    """Reads one message of the JSON door."""
    frame: dict[str, Any] = json.loads(raw)
    if "success" in frame:
        yield from _answer(frame.get("requestId") or "", frame)
    else:
        yield from _word(frame.get("type", ""), frame.get("payload"), frame)


def read_socketio(raw: str) -> Iterator[Observation]:
    """Reads one Engine.IO message with a Socket.IO packet of text in it; anything else says nothing of rooms."""
    if raw[:2] not in ("42", "43"):
        return
    head, bracket, rest = raw[2:].partition("[")
    arguments = json.loads(bracket + rest)
    if raw[1] == "3":
        yield from _answer(head.rpartition(",")[2], arguments[0] if arguments else {})
        return
    name, *given = arguments
    meta = given[1] if len(given) > 1 and isinstance(given[1], dict) else {}
    yield from _word(name, given[0] if given else None, meta)


def read_event_stream(raw: str) -> Iterator[Observation]:
    """Reads one block of a stream of server-sent events, whose data is what the JSON door sends."""
    for line in raw.splitlines():
        if line.startswith("data: "):
            yield from read_json(line.removeprefix("data: "))


READERS: dict[str, Callable[[str], Iterator[Observation]]] = {
    "json": read_json,
    "socketio": read_socketio,
    "sse": read_event_stream,
}


def _word(name: str, payload: Any, about: Mapping[str, Any]) -> Iterator[Observation]:
    room = about.get("room", "")
    if "seq" in about:
        yield Received(room, Position(about["epoch"], about["seq"]), name, payload)
    elif name in ("session:ready", "rooms:entered"):
        yield from _outcomes(payload["rooms"])
    elif name == "room:reset":
        yield Reset(room, _position(payload["position"]), payload["reason"])
    elif name == "room:left":
        yield Left(room)


def _answer(request: str, answer: Mapping[str, Any]) -> Iterator[Observation]:
    data = answer.get("data")
    if isinstance(data, dict):
        if "room" in data and "position" in data:
            yield from _outcomes({data["room"]: data})
        else:
            yield from _outcomes({room: value for room, value in data.items() if _is_outcome(value)})
    yield Answered(request, answer)


def _is_outcome(value: Any) -> bool:
    return isinstance(value, dict) and ("recovered" in value or "position" in value)


def _outcomes(rooms: Mapping[str, Mapping[str, Any]]) -> Iterator[Observation]:
    for room, outcome in rooms.items():
        position = _position(outcome["position"]) if "position" in outcome else None
        yield Began(room, position, outcome.get("recovered"), outcome.get("reason"))


def _position(value: Mapping[str, Any]) -> Position:
    return Position(value["epoch"], value["seq"])
