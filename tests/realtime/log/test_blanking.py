"""What is deleted or moderated disappears from history; its number stays."""

import pytest

import realtime
from realtime.errors import NotFound
from realtime.log.events import BLANKED, HIDDEN, StoredEvent
from realtime.log.idempotency import fingerprint, run_once
from realtime.log.reading import read_page
from realtime.log.writing import ForeignTransaction
from realtime.models import CommandResult, Event
from realtime.testing.capture import capture_events
from tests.realtime.examples import BenchRoom, Spoken
from tests.realtime.threads import HeldCommit, threads_of, until

pytestmark = pytest.mark.django_db(transaction=True)


def speak(room: int, text: str, *, ref: str = "", actor: int | None = None) -> None:
    realtime.emit(BenchRoom(room), Spoken(text=text), ref=ref, actor=actor)


def history(room: int) -> list[tuple[int, str, bytes]]:
    last = Event.objects.filter(room=f"bench:{room}").count()
    return [(event.seq, event.type, event.payload) for event in read_page(f"bench:{room}", 0, last, 100)]


def test_everything_told_about_a_thing_is_emptied_in_every_room() -> None:
    speak(1, "insult", ref="comment:1")
    speak(1, "kind word", ref="comment:2")
    speak(2, "insult", ref="comment:1")
    with realtime.atomic():
        realtime.blank(ref="comment:1")
        speak(1, "deleted", ref="comment:1")
    assert history(1) == [
        (1, HIDDEN, b"{}"),
        (2, "bench:spoken", b'{"text":"kind word"}'),
        (3, BLANKED, b"{}"),
        (4, "bench:spoken", b'{"text":"deleted"}'),
    ]
    assert history(2) == [(1, HIDDEN, b"{}"), (2, BLANKED, b"{}")]


def test_hubs_are_told_to_forget() -> None:
    speak(1, "insult", ref="comment:1")
    with capture_events() as captured, realtime.atomic():
        realtime.blank(ref="comment:1")
    (notice,) = captured.events
    assert isinstance(notice, StoredEvent)
    assert (notice.type, notice.internal, notice.seq) == (BLANKED, True, 2)


def test_erasing_an_account_empties_what_it_caused_in_any_number_of_rooms() -> None:
    for room in range(1, 12):
        speak(room, "mine", actor=7)
        speak(room, "yours", actor=8)
    with realtime.atomic():
        realtime.blank(actor=7)
    for room in range(1, 12):
        assert [payload for _, _, payload in history(room)] == [b"{}", b'{"text":"yours"}', b"{}"]


def test_a_rollback_keeps_history() -> None:
    speak(1, "insult", ref="comment:1")
    with pytest.raises(ZeroDivisionError), realtime.atomic():
        realtime.blank(ref="comment:1")
        1 / 0  # noqa: B018  # any failure
    assert history(1) == [(1, "bench:spoken", b'{"text":"insult"}')]


def test_an_edit_that_commits_meanwhile_does_not_survive() -> None:
    speak(1, "insult", ref="comment:1")
    with threads_of(2) as threads:
        edit = HeldCommit(threads, lambda: speak(1, "worse", ref="comment:1"))

        def delete() -> None:
            with realtime.atomic():
                realtime.blank(ref="comment:1")

        deletion = threads.run(delete)
        until(lambda: deletion.running())
        edit.let_go()
        deletion.result()
    assert [payload for _, _, payload in history(1)] == [b"{}", b"{}", b"{}"]


def test_blanking_belongs_to_a_transaction() -> None:
    with pytest.raises(ForeignTransaction):
        realtime.blank(ref="comment:1")
    with realtime.atomic(), pytest.raises(TypeError):
        realtime.blank()


def test_internal_events_are_not_blanked() -> None:
    realtime.revoke(user=7, reason="banned")
    with realtime.atomic():
        realtime.emit(BenchRoom(1), Spoken(text="hi"), actor=7)
    with realtime.atomic():
        realtime.blank(actor=7)
    assert Event.objects.filter(type="realtime:revoked").exists()


HASH = fingerprint("bench:speak", b"{}")


def answered(request_id: str, *refs: str, actor: str = "user:7") -> None:
    def run() -> dict[str, str]:
        for ref in refs:
            speak(1, "insult", ref=ref)
        return {"text": "insult"}

    run_once(actor, request_id, HASH, run)


def kept() -> set[str]:
    return set(CommandResult.objects.filter(result__contains="insult").values_list("request_id", flat=True))


def test_answers_kept_for_repetition_are_emptied_with_what_they_tell_of() -> None:
    answered("posted", "comment:1", "comment:1")
    answered("another", "comment:2")
    answered("quiet")
    with realtime.atomic():
        realtime.blank(ref="comment:1")
    assert kept() == {"another", "quiet"}
    with pytest.raises(NotFound):
        answered("posted", "comment:1")
    assert Event.objects.filter(ref="comment:1").count() == 2


def test_an_answer_may_say_itself_what_it_tells_of() -> None:
    def run() -> str:
        realtime.about("comment:1")
        return "insult"

    run_once("user:7", "unchanged", HASH, run)
    with realtime.atomic():
        realtime.blank(ref="comment:1")
    assert not kept()


def test_an_answer_that_tells_of_several_things_keeps_no_words() -> None:
    """It could be found by one of them only."""
    answered("both", "comment:1", "comment:2")
    assert CommandResult.objects.filter(request_id="both").exists()
    assert not kept()


def test_erasing_an_account_empties_the_answers_that_it_got() -> None:
    answered("mine")
    answered("yours", actor="user:8")
    with realtime.atomic():
        realtime.blank(actor=7)
    assert kept() == {"yours"}


def test_a_deletion_keeps_its_own_answer() -> None:
    answered("posted", "comment:1")

    def delete() -> dict[str, str]:
        realtime.blank(ref="comment:1")
        speak(1, "deleted", ref="comment:1")
        return {"gone": "comment:1"}

    first = run_once("user:7", "delete", HASH, delete)
    assert run_once("user:7", "delete", HASH, delete).data == first.data
