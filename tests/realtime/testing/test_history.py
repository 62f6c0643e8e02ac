"""The history checker itself: a history that keeps the promises passes, and each broken promise is named."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from realtime.positions import Position
from realtime.testing.history import History
from realtime.testing.records import End, Entry, Log, RecordedConnection

ROOM = "hall:1"


def log_of(*texts: str, epoch: str = "e", min_seq: int = 1, room: str = ROOM) -> Log:
    entries = {
        (room, seq): Entry(room, seq, "hall:said", json.dumps({"text": text}), False)
        for seq, text in enumerate(texts, min_seq)
    }
    return Log({room: End(epoch, min_seq + len(texts) - 1, min_seq)}, entries)


def ready(seq: int, *, epoch: str = "e", **outcome: Any) -> str:
    room = {"position": {"epoch": epoch, "seq": seq}, **outcome}
    return json.dumps({"type": "session:ready", "payload": {"rooms": {ROOM: room}}})


def said(seq: int, text: str, *, epoch: str = "e") -> str:
    return json.dumps(
        {"type": "hall:said", "room": ROOM, "epoch": epoch, "seq": seq, "payload": {"text": text}, "eventId": "x"}
    )


def hidden(seq: int) -> str:
    return json.dumps({"type": "hidden", "room": ROOM, "epoch": "e", "seq": seq})


def reset(seq: int, reason: str, *, epoch: str = "e") -> str:
    payload = {"reason": reason, "position": {"epoch": epoch, "seq": seq}}
    return json.dumps({"type": "room:reset", "room": ROOM, "payload": payload})


def left() -> str:
    return json.dumps({"type": "room:left", "room": ROOM, "payload": {"reason": ""}})


def play(history: History, *connections: list[str], asked: int | None = None) -> list[RecordedConnection]:
    """Records one client's connections; from the second on it comes back with what it knows."""
    client = history.client("ada", user=7)
    links = []
    for number, frames in enumerate(connections):
        known = dict(client.places) if number or asked is None else {ROOM: Position("e", asked)}
        link = client.connected("json", known)
        for frame in frames:
            link.take(frame)
        links.append(link)
        if number < len(connections) - 1:
            link.lost()
    return links


def first_violation(history: History, log: Log) -> str:
    with pytest.raises(AssertionError) as raised:
        history.check(log)
    return str(raised.value)


def test_a_history_that_keeps_the_promises_passes() -> None:
    history = History()
    first = [ready(0, epoch=""), said(1, "a"), said(2, "b")]
    back = [ready(2, recovered=True, replayed=1), said(3, "c"), hidden(4)]
    play(history, first, back)
    history.asked("user:7", "r1", "a")
    for _ in range(2):
        position = {"room": ROOM, "epoch": "e", "seq": 1}
        history.answered("user:7", "r1", {"success": True, "data": None, "position": position})
    history.wrote("b", committed=True)
    history.wrote("never", committed=False)
    history.wrote("who knows", committed=None)
    history.check(log_of("a", "b", "c", "d"))


def test_a_reset_that_is_told_is_no_violation() -> None:
    history = History()
    play(history, [ready(2), reset(1, "epoch", epoch="new"), said(2, "b", epoch="new")])
    history.check(log_of("a", "b", epoch="new"))


def test_a_refusal_with_a_reason_that_is_true_is_no_violation() -> None:
    history = History()
    play(history, [ready(2), said(3, "a")], [ready(9, recovered=False, reason="trimmed")])
    history.check(log_of("z", min_seq=9))


@pytest.mark.parametrize(
    ("connections", "shown"),
    [
        (
            [[ready(0), said(2, "b")]],
            "P2 ordered: ada (connection 1, json) received 2 of hall:1 after 0: there is a gap",
        ),
        ([[ready(0), said(1, "a"), said(1, "a")]], "P2 ordered: ada (connection 1, json) received 1 of hall:1 twice"),
        ([[ready(1), said(2, "b"), said(1, "a")]], "P2 ordered: ada (connection 1, json) received 1 of hall:1 after 2"),
        ([[said(1, "a")]], "P2 ordered: ada (connection 1, json) received 1 of hall:1 before it knew where"),
        ([[ready(0), said(1, "b")]], "P1 atomic: ada (connection 1, json) received 1 of hall:1 with another content"),
        (
            [[ready(2), said(3, "c")]],
            "P1 atomic: ada (connection 1, json) received 3 of hall:1, which was never committed",
        ),
        (
            [[ready(0), said(1, "a")], [ready(2, recovered=True)]],
            "P4 resumable: ada (connection 2, json) asked to go on in hall:1 from 1, and got the answer",
        ),
        (
            [[ready(0)], [ready(0, recovered=True), said(2, "b")]],
            "P4 resumable: ada (connection 2, json) went on in hall:1 from 0, but received 2 next",
        ),
        (
            [[ready(0)], [ready(2, recovered=False, reason="trimmed")]],
            "P4 resumable: ada (connection 2, json) could not go on in hall:1 from e:0 (trimmed), although",
        ),
        (
            [[ready(1, epoch="old"), said(2, "b")]],
            "P4 resumable: ada (connection 1, json) received 2 of hall:1 in another epoch (e) without a reset",
        ),
        (
            [[ready(1), reset(2, "trimmed")]],
            "P4 resumable: ada (connection 1, json) was reset in hall:1 (trimmed) at e:1, although",
        ),
        (
            [[ready(0), said(1, "a")]],
            "P3 live: ada (connection 1, json) is connected, but is at 1 of hall:1: 2 to 2 never came",
        ),
    ],
)
def test_each_broken_promise_of_a_stream_is_named(connections: list[list[str]], shown: str) -> None:
    history = History()
    play(history, *connections)
    assert first_violation(history, log_of("a", "b")).startswith(shown)


def test_an_event_of_the_engine_must_not_be_shown() -> None:
    history = History()
    play(history, [ready(0), said(1, "a")])
    log = Log({ROOM: End("e", 1, 1)}, {(ROOM, 1): Entry(ROOM, 1, "realtime:revoked", "{}", True)})
    assert "P5 private" in first_violation(history, log)


def test_what_is_received_after_permission_has_ended_is_named() -> None:
    history = History()
    history.forbid(7, ROOM, after=1)
    play(history, [ready(1), said(2, "b")], [ready(2, recovered=True)])
    found = [str(violation) for violation in history.violations(log_of("a", "b"))]
    assert any("was let into hall:1, which is not for them" in violation for violation in found)
    assert any("received 2 of hall:1, which is not for them after 1" in violation for violation in found)


def test_who_has_left_a_room_need_not_be_told_of_it() -> None:
    history = History()
    [link] = play(history, [ready(1), left()])
    history.check(log_of("a", "b"))
    link.take(said(2, "b"))
    assert "before it knew where the stream begins" in first_violation(history, log_of("a", "b"))


SUCCESS = {"success": True, "data": None, "position": {"room": ROOM, "epoch": "e", "seq": 1}}


@pytest.mark.parametrize(
    ("texts", "answers", "shown"),
    [
        (["x", "x"], [SUCCESS], "P7 once: request r1 of user:7 took effect 2 times: hall:1 1, hall:1 2"),
        (["x"], [SUCCESS, SUCCESS | {"data": 1}], "P7 once: request r1 of user:7 got two different answers"),
        (["y", "x"], [SUCCESS], "P7 once: request r1 of user:7 was answered with seq 1, but it is hall:1 2"),
        (["y"], [SUCCESS], "P1 atomic: request r1 of user:7 was answered as done, but its event is not in the log"),
        (
            ["x"],
            [{"success": False, "error": {"code": "FORBIDDEN"}}],
            "P1 atomic: request r1 of user:7 was refused with FORBIDDEN, but hall:1 1 is in the log",
        ),
    ],
)
def test_each_broken_promise_of_a_command_is_named(texts: list[str], answers: list[dict[str, Any]], shown: str) -> None:
    history = History()
    history.asked("user:7", "r1", "x")
    for answer in answers:
        history.answered("user:7", "r1", answer)
    assert first_violation(history, log_of(*texts)).startswith(shown)


@pytest.mark.parametrize(("committed", "texts"), [(True, ["y"]), (False, ["x"]), (None, ["x", "x"])])
def test_a_transaction_and_its_event_exist_together(committed: bool | None, texts: list[str]) -> None:
    history = History()
    history.wrote("x", committed)
    assert first_violation(history, log_of(*texts)).startswith("P1 atomic")


def test_a_hole_in_the_log_itself_is_named() -> None:
    log = log_of("a", "b", "c")
    holed = Log(log.ends, {key: entry for key, entry in log.entries.items() if entry.seq != 2})
    assert "should hold exactly 1 to 3; not so 2" in first_violation(History(), holed)


def test_the_first_violation_is_shown_with_what_surrounds_it() -> None:
    history = History()
    play(history, [ready(0), said(1, "a"), said(3, "c"), said(3, "c")])
    shown = first_violation(history, log_of("a", "b", "c"))
    assert shown.startswith("P2 ordered: ada (connection 1, json) received 3 of hall:1 after 1: there is a gap")
    assert f"→ {said(3, 'c')[:100]}" in shown
    assert '2 hall:said {"text": "b"}' in shown
    assert "and 1 more" in shown


def socketio(seq: int) -> tuple[str, str]:
    about = {"eventId": "x", "room": ROOM, "epoch": "e", "seq": seq}
    begin = f'42/halls,["session:ready",{json.dumps(json.loads(ready(0))["payload"])}]'
    return begin, f'42/halls,["hall:said",{{"text":"a"}},{json.dumps(about)},"x"]'


def event_stream(seq: int) -> tuple[str, str]:
    return f"event: session:ready\ndata: {ready(0)}\nid: x\n", f"event: hall:said\ndata: {said(seq, 'a')}\nid: y\n"


@pytest.mark.parametrize(("door", "frames"), [("socketio", socketio), ("sse", event_stream)])
def test_the_other_doors_are_read_alike(door: str, frames: Callable[[int], tuple[str, str]]) -> None:
    for seq, kept in ((1, True), (2, False)):
        history = History()
        link = history.client("bob").connected(door)
        for frame in frames(seq):
            link.take(frame)
        log = log_of("a") if kept else log_of("a", "a")
        assert (history.violations(log) == []) is kept
