"""Durable commands take effect once and answer the same, however often they come."""

import hashlib
from collections.abc import Iterator
from functools import partial

import msgspec
import pytest
from django.db import connection

import realtime
from realtime.errors import Conflict, RequestIdReused, ValidationFailed
from realtime.log.idempotency import KeptAnswer, fingerprint, run_once
from realtime.models import CommandResult, Event
from tests.realtime.examples import BenchRoom, Spoken
from tests.realtime.threads import PATIENCE_S, HeldCommit, Threads, threads_of, until

pytestmark = pytest.mark.django_db(transaction=True)

HASH = fingerprint("bench:speak", b'{"text":"hello"}')


@pytest.fixture
def threads() -> Iterator[Threads]:
    with threads_of(6) as threads:
        yield threads


class Speaking:
    """A command's work that counts how often it was really done."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> dict[str, object]:
        self.times += 1
        realtime.emit(BenchRoom(1), Spoken(text=f"time {self.times}"))
        realtime.emit(BenchRoom(2), Spoken(text=f"time {self.times}"))
        return {"id": self.times, "text": "hello"}


def places(outcome: KeptAnswer) -> dict[str, int]:
    return {room: position.seq for room, position in outcome.positions.items()}


def test_a_repeated_command_takes_effect_once_and_gets_the_same_answer() -> None:
    speaking = Speaking()
    first = run_once("user:1", "request-1", HASH, speaking)
    again = run_once("user:1", "request-1", HASH, speaking)
    assert speaking.times == 1
    assert msgspec.json.decode(first.data) == {"id": 1, "text": "hello"}
    assert (first.data, first.positions) == (again.data, again.positions)
    assert (first.repeated, again.repeated) == (False, True)
    assert places(first) == {"bench:1": 1, "bench:2": 1}
    assert Event.objects.count() == 2


def test_other_people_and_other_requests_are_others() -> None:
    speaking = Speaking()
    for actor, request in [("user:1", "a"), ("user:2", "a"), ("user:1", "b")]:
        run_once(actor, request, HASH, speaking)
    assert speaking.times == 3


def test_a_request_id_does_not_serve_for_two_things() -> None:
    speaking = Speaking()
    run_once("user:1", "request-1", HASH, speaking)
    with pytest.raises(RequestIdReused):
        run_once("user:1", "request-1", fingerprint("bench:speak", b'{"text":"other"}'), speaking)
    assert speaking.times == 1


def test_nobody_can_tell_from_what_is_kept_which_word_a_command_carried() -> None:
    guess = hashlib.blake2b(b"room:create\0" + b'{"password":"guess"}', digest_size=16).hexdigest()
    assert fingerprint("room:create", b'{"password":"guess"}') != guess


def test_a_refusal_is_not_kept_and_leaves_nothing() -> None:
    speaking = Speaking()

    def refused() -> None:
        speaking()
        raise Conflict

    with pytest.raises(Conflict):
        run_once("user:1", "request-1", HASH, refused)
    assert not CommandResult.objects.exists()
    assert not Event.objects.exists()
    assert not run_once("user:1", "request-1", HASH, speaking).repeated


def test_a_repetition_that_comes_while_the_first_is_running_waits_for_its_answer(threads: Threads) -> None:
    speaking = Speaking()
    outcomes: list[KeptAnswer] = []
    held = HeldCommit(threads, lambda: outcomes.append(run_once("user:1", "request-1", HASH, speaking)))
    again = threads.run(partial(run_once, "user:1", "request-1", HASH, speaking))
    until(again.running)
    held.let_go()
    repeated = again.result(PATIENCE_S)
    assert speaking.times == 1
    assert repeated.repeated
    assert (repeated.data, repeated.positions) == (outcomes[0].data, outcomes[0].positions)


def test_of_many_at_once_one_takes_effect(threads: Threads) -> None:
    speaking = Speaking()
    futures = [threads.run(partial(run_once, "user:1", "request-1", HASH, speaking)) for _ in range(12)]
    outcomes = [future.result(PATIENCE_S) for future in futures]
    assert len({outcome.data for outcome in outcomes}) == 1
    assert [outcome.repeated for outcome in outcomes].count(False) == 1
    assert Event.objects.count() == 2


def test_a_batch_stores_each_answer_with_its_own_positions() -> None:
    speaking = Speaking()
    with realtime.atomic():
        first = run_once("user:1", "a", HASH, speaking)
        with pytest.raises(ZeroDivisionError), realtime.atomic():
            run_once("user:2", "b", HASH, speaking)
            1 / 0  # noqa: B018  # any failure
        third = run_once("user:3", "c", HASH, speaking)
        duplicate = run_once("user:1", "a", HASH, speaking)
    assert [places(outcome)["bench:1"] for outcome in (first, third, duplicate)] == [1, 2, 1]
    assert (duplicate.data, duplicate.repeated) == (first.data, True)
    assert set(CommandResult.objects.values_list("request_id", flat=True)) == {"a", "c"}
    stored = run_once("user:3", "c", HASH, speaking)
    assert (stored.data, stored.positions) == (third.data, third.positions)


def test_without_a_request_id_nothing_is_kept() -> None:
    speaking = Speaking()
    first = run_once("user:1", None, HASH, speaking)
    second = run_once("user:1", None, HASH, speaking)
    assert speaking.times == 2
    assert places(second) == {"bench:1": 2, "bench:2": 2}
    assert not first.repeated
    assert not CommandResult.objects.exists()


@pytest.mark.parametrize("request_id", ["", "x" * 101])
def test_a_request_id_of_impossible_length_is_refused(request_id: str) -> None:
    with pytest.raises(ValidationFailed):
        run_once("user:1", request_id, HASH, Speaking())


def test_a_command_without_events_or_data_is_kept_too() -> None:
    assert run_once("user:1", "quiet", HASH, lambda: None).data == b"null"
    again = run_once("user:1", "quiet", HASH, lambda: 1 / 0)
    assert (again.data, again.positions) == (b"null", {})
    assert connection.in_atomic_block is False
