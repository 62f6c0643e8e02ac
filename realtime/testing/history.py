"""The history checker: records what every client was sent, raw, and what the log says; then asserts the promises.

Record with `History.client` (one per client, however often it connects), `asked` and `answered` (commands),
`wrote` (transactions of one's own) and `forbid`; wait until `behind` is empty; then `check`. The promises are those
of docs/guarantees.md: P1 atomic, P2 ordered, P3 live, P4 resumable, P5 private, P7 once. P8 (everywhere) needs no
rule of its own: clients of all doors are held to the same log.
"""

import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from realtime.log.events import HIDDEN
from realtime.positions import Position
from realtime.testing.frames import Answered, Began, Left, Observation, Received, Reset
from realtime.testing.records import Entry, Log, RecordedConnection, Recording

PROMISES = {"P1": "atomic", "P2": "ordered", "P3": "live", "P4": "resumable", "P5": "private", "P7": "once"}

_FRAMES_SHOWN = 8
_CHARACTERS_SHOWN = 160

_DEFINITE_REFUSALS = {"VALIDATION", "FORBIDDEN", "NOT_FOUND", "UNKNOWN_COMMAND", "UNAUTHENTICATED", "TOO_LARGE"}
"""Codes that say that nothing was written; after any other the command may still have been carried out."""


@dataclass(slots=True)
class _Request:
    mark: str
    asked_at: int
    answers: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken promise: which, when (the number of the step), by what, and what surrounds it."""

    promise: str
    at: int
    message: str
    context: str = ""

    def __str__(self) -> str:
        return f"{self.promise} {PROMISES[self.promise]}: {self.message}\n{self.context}".rstrip()


class History:
    """Everything that was recorded. Belongs to one thread or loop.

    `mark` says which write an event of the log comes from; the default is the payload's `text`.
    """

    def __init__(self, mark: Callable[[Entry], str | None] = lambda entry: entry.text) -> None:
        self.clients: list[Recording] = []
        self._mark = mark
        self._ticks = itertools.count(1)
        self._requests: dict[tuple[str, str], _Request] = {}
        self._writes: dict[str, tuple[int, bool | None]] = {}
        self._forbidden: dict[tuple[int | None, str], tuple[int, int]] = {}

    def tick(self) -> int:
        """Returns the number of the next step."""
        return next(self._ticks)

    # Recording

    def client(self, name: str, user: int | None = None) -> Recording:
        """Begins the record of a client."""
        recording = Recording(self.tick, name, user)
        self.clients.append(recording)
        return recording

    def asked(self, actor: str, request_id: str, mark: str) -> None:
        """A durable command leaves, for the first time or again; its event carries `mark`."""
        self._requests.setdefault((actor, request_id), _Request(mark, self.tick()))

    def answered(self, actor: str, request_id: str, answer: Mapping[str, Any]) -> None:
        """An answer came: `{success, data | error, position?}`."""
        self._requests[actor, request_id].answers.append((self.tick(), answer))

    def wrote(self, mark: str, committed: bool | None) -> None:
        """A transaction of one's own ended; None when nobody can know how."""
        self._writes[mark] = (self.tick(), committed)

    def forbid(self, user: int | None, room: str, *, after: int) -> None:
        """From now on nobody of `user` may enter the room, or receive what has a seq above `after`."""
        self._forbidden[user, room] = (self.tick(), after)

    # Judging

    def behind(self, log: Log) -> list[str]:
        """Says which connected clients have not reached the end of the log; empty when all have."""
        return [violation.message for violation in self._unfinished(log)]

    def violations(self, log: Log) -> list[Violation]:
        """Returns every broken promise, the first one first."""
        found = [*self._log_itself(log), *self._writers(log), *self._unfinished(log)]
        for client in self.clients:
            found += _Walk(self, client, log).violations()
        return sorted(found, key=lambda violation: violation.at)

    def check(self, log: Log) -> None:
        """Raises AssertionError with the first violation, in words."""
        found = self.violations(log)
        if found:
            more = f"\n\n… and {len(found) - 1} more." if len(found) > 1 else ""
            raise AssertionError(f"{found[0]}{more}")

    def forbidden(self, user: int | None, room: str) -> tuple[int, int] | None:
        """Returns since when, and after which seq, the room is not for them; None when it is."""
        return self._forbidden.get((user, room))

    def _log_itself(self, log: Log) -> Iterable[Violation]:
        kept: dict[str, set[int]] = {room: set() for room in log.ends}
        for room, seq in log.entries:
            kept[room].add(seq)
        for room, end in log.ends.items():
            if wrong := kept[room] ^ set(range(end.min_seq, end.seq + 1)):
                message = f"the log of {room} should hold exactly {end.min_seq} to {end.seq}; not so {min(wrong)}"
                yield Violation("P2", 0, message)

    def _writers(self, log: Log) -> Iterable[Violation]:
        effects: dict[str, list[Entry]] = {}
        for entry in sorted(log.entries.values()):
            if not entry.internal and (mark := self._mark(entry)) is not None:
                effects.setdefault(mark, []).append(entry)
        for mark, (at, committed) in self._writes.items():
            yield from _transaction(mark, at, committed, effects.get(mark, []))
        for (actor, request_id), request in self._requests.items():
            yield from _command(f"request {request_id} of {actor}", request, effects.get(request.mark, []), log)

    def _unfinished(self, log: Log) -> Iterable[Violation]:
        for client in self.clients:
            for link in client.links:
                if not link.open:
                    continue
                for room, place in link.places().items():
                    end = log.ends.get(room)
                    if end is not None and (place.seq < end.seq or (place.epoch != end.epoch and place.epoch)):
                        message = (
                            f"{_name(link)} is connected, but is at {place.seq} of {room}: "
                            f"{place.seq + 1} to {end.seq} never came"
                        )
                        yield Violation("P3", self.tick(), message, _around(link, len(link.steps) - 1))


def _transaction(mark: str, at: int, committed: bool | None, effects: list[Entry]) -> Iterable[Violation]:
    if committed and not effects:
        yield Violation("P1", at, f"the transaction that wrote {mark!r} was committed, but its event is not in the log")
    if committed is False and effects:
        yield Violation(
            "P1", at, f"the transaction that wrote {mark!r} was rolled back, but {_at(effects)} is in the log"
        )
    if len(effects) > 1:
        yield Violation("P1", at, f"one transaction wrote {mark!r}, but {_at(effects)} are in the log")


def _command(who: str, request: _Request, effects: list[Entry], log: Log) -> Iterable[Violation]:
    successes = [(at, answer) for at, answer in request.answers if answer.get("success")]
    if len(effects) > 1:
        at = successes[0][0] if successes else request.asked_at
        yield Violation("P7", at, f"{who} took effect {len(effects)} times: {_at(effects)}")
    if successes and not effects:
        yield Violation("P1", successes[0][0], f"{who} was answered as done, but its event is not in the log")
    for at, answer in successes[1:]:
        if answer != successes[0][1]:
            context = f"  first: {_short(successes[0][1])}\n  then:  {_short(answer)}"
            yield Violation("P7", at, f"{who} got two different answers", context)
    for at, answer in successes:
        position = answer.get("position")
        places = [(entry.room, log.ends[entry.room].epoch, entry.seq) for entry in effects]
        if position and effects and (position["room"], position["epoch"], position["seq"]) not in places:
            yield Violation("P7", at, f"{who} was answered with seq {position['seq']}, but it is {_at(effects)}")
    for at, answer in request.answers:
        code = (answer.get("error") or {}).get("code")
        if code in _DEFINITE_REFUSALS and effects and not successes:
            yield Violation("P1", at, f"{who} was refused with {code}, but {_at(effects)} is in the log")


class _Walk:
    """One client's streams, followed from its first frame to its last."""

    def __init__(self, history: History, client: Recording, log: Log) -> None:
        self._history = history
        self._client = client
        self._log = log
        self._last: dict[str, Position] = {}  # over all connections: what the client knows
        self._stream: dict[str, Position] = {}  # of this connection: each room's position
        self._first: set[str] = set()  # rooms of this connection that have sent nothing since they were resumed
        self._found: list[Violation] = []

    def violations(self) -> list[Violation]:
        for link in self._client.links:
            self._stream, self._first = {}, set()
            for index, step in enumerate(link.steps):
                for observation in step.observed:
                    for promise, message in self._judge(link, observation):
                        context = _around(link, index) + self._log_around(observation)
                        self._found.append(Violation(promise, step.number, f"{_name(link)} {message}", context))
        return self._found

    def _judge(self, link: RecordedConnection, observation: Observation) -> Iterable[tuple[str, str]]:
        match observation:
            case Began():
                yield from self._began(link, observation)
            case Received():
                yield from self._received(link, observation)
            case Reset():
                yield from self._reset(observation)
            case Left(room):
                self._stream.pop(room, None)
                self._last.pop(room, None)
            case Answered():
                pass

    def _began(self, link: RecordedConnection, began: Began) -> Iterable[tuple[str, str]]:
        room, position = began.room, began.position
        if position is None or room in self._stream:  # refused, or said once more what session:ready has said
            return
        forbidden = self._history.forbidden(self._client.user, room)
        if forbidden is not None and link.opened_at > forbidden[0]:
            yield "P5", f"was let into {room}, which is not for them any more"
        asked = link.asked.get(room)
        known = self._last.get(room)
        if began.recovered and asked is not None and position.seq != asked.seq:
            yield (
                "P4",
                f"asked to go on in {room} from {asked.seq}, and got the answer that it goes on from {position.seq}",
            )
        elif began.recovered and known is not None and known.epoch and position != known:
            yield "P4", f"knows {room} up to {known}, but went on from {position}"
        elif began.recovered is False and asked is not None and not self._gone(room, asked, began.reason):
            yield "P4", f"could not go on in {room} from {asked} ({began.reason}), although the history is there"
        self._stream[room] = self._last[room] = position
        if began.recovered:
            self._first.add(room)

    def _gone(self, room: str, asked: Position, reason: str | None) -> bool:
        end = self._log.ends.get(room)
        if end is None:
            return True
        match reason:
            case "epoch":
                return asked.epoch != end.epoch
            case "trimmed":
                return asked.seq < end.min_seq - 1
            case "ahead":
                return asked.seq > end.seq
        return True  # the code of an error: the client comes again

    def _received(self, link: RecordedConnection, received: Received) -> Iterable[tuple[str, str]]:
        room, seq, epoch = received.room, received.position.seq, received.position.epoch
        place = self._stream.get(room)
        resumed = room in self._first
        self._first.discard(room)
        self._stream[room] = self._last[room] = received.position
        forbidden = self._history.forbidden(self._client.user, room)
        if forbidden is not None and seq > forbidden[1]:
            yield "P5", f"received {seq} of {room}, which is not for them after {forbidden[1]}"
        if place is None:
            yield "P2", f"received {seq} of {room} before it knew where the stream begins"
        elif place.epoch and epoch != place.epoch:
            yield "P4", f"received {seq} of {room} in another epoch ({epoch}) without a reset; it was at {place}"
        elif seq <= place.seq:
            how = "twice" if seq == place.seq else f"after {place.seq}"
            yield "P2", f"received {seq} of {room} {how}"
        elif seq > place.seq + 1:
            if resumed:
                yield "P4", f"went on in {room} from {place.seq}, but received {seq} next"
            else:
                yield "P2", f"received {seq} of {room} after {place.seq}: there is a gap"
        yield from self._content(received)

    def _content(self, received: Received) -> Iterable[tuple[str, str]]:
        room, seq = received.room, received.position.seq
        end = self._log.ends.get(room)
        if end is not None and received.position.epoch != end.epoch:
            return  # of a history that was lost since
        entry = self._log.entries.get((room, seq))
        if entry is None:
            if end is None or seq > end.seq:
                yield "P1", f"received {seq} of {room}, which was never committed"
            return
        if received.type == HIDDEN:
            return
        if entry.internal:
            yield "P5", f"received {seq} of {room}, {entry.type}, which is for the engine alone"
        elif entry.type != HIDDEN and (received.type, received.payload) != (entry.type, json.loads(entry.payload)):
            yield "P1", f"received {seq} of {room} with another content than was committed"

    def _reset(self, reset: Reset) -> Iterable[tuple[str, str]]:
        place = self._stream.get(reset.room)
        end = self._log.ends.get(reset.room)
        self._stream[reset.room] = self._last[reset.room] = reset.position
        if place is None or end is None:
            return
        lost = place.epoch != reset.position.epoch or reset.position.seq < place.seq
        if not lost and not (reset.reason == "trimmed" and place.seq < end.min_seq - 1):
            yield "P4", f"was reset in {reset.room} ({reset.reason}) at {place}, although the history is there"

    def _log_around(self, observation: Observation) -> str:
        if not isinstance(observation, Received):
            return ""
        seq = observation.position.seq
        near = [self._log.entries.get((observation.room, number)) for number in range(seq - 2, seq + 3)]
        lines = [f"    {entry.seq} {entry.type} {entry.payload[:_CHARACTERS_SHOWN]}" for entry in near if entry]
        return "\n  the log there:\n" + "\n".join(lines)


def _name(link: RecordedConnection) -> str:
    return f"{link.client.name} (connection {link.number}, {link.door})"


def _around(link: RecordedConnection, index: int) -> str:
    """Shows what the client was sent last, raw, the frame in question behind an arrow."""
    shown = link.steps[max(0, index - _FRAMES_SHOWN + 1) : index + 1]
    came = ", ".join(f"{room} from {position}" for room, position in link.asked.items()) or "nothing"
    lines = [f"  {'→' if step is shown[-1] else ' '} {_short(step.raw)}" for step in shown]
    return f"  it came asking for {came}; the last frames:\n" + "\n".join(lines)


def _at(effects: list[Entry]) -> str:
    return ", ".join(f"{entry.room} {entry.seq}" for entry in effects)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _CHARACTERS_SHOWN else f"{text[:_CHARACTERS_SHOWN]}…"
