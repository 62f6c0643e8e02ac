"""What is left of groups' events for who does not see somebody."""

from typing import Any

import msgspec
import pytest

from social.policies.views import DirectoryPrivacy, GroupPrivacy

pytestmark = pytest.mark.either_database

UNSEEN, SENDER, OTHER = 7, 8, 9
VIEW = GroupPrivacy(hidden_ids=frozenset({UNSEEN}))


def message(sender: int = SENDER, answered: int | None = None, mentions: tuple[int, ...] = ()) -> bytes:
    answer = None if answered is None else {"id": 1, "senderId": answered, "senderName": "somebody"}
    return msgspec.json.encode({"sender": {"id": sender}, "replyTo": answer, "mentions": mentions, "text": "Ahoy!"})


def left_of(payload: bytes, kind: str = "message:new", actor: int | None = SENDER) -> Any:
    left = VIEW.logged(kind, actor, payload)
    return None if left is None else msgspec.json.decode(left)


@pytest.mark.parametrize("kind", ["message:new", "message:updated"])
def test_a_third_persons_words_stay_without_whom_they_answer_or_name(kind: str) -> None:
    left = left_of(message(answered=UNSEEN, mentions=(UNSEEN, OTHER)), kind)
    assert (left["replyTo"], left["mentions"], left["text"]) == (None, [OTHER], "Ahoy!")
    untouched = message(answered=OTHER, mentions=(OTHER,))
    assert VIEW.logged(kind, SENDER, untouched) is untouched


def test_what_somebody_unseen_says_does_not_come_whoever_did_something_to_it() -> None:
    assert left_of(message(sender=UNSEEN), actor=UNSEEN) is None
    assert left_of(message(sender=UNSEEN), "message:updated", actor=OTHER) is None
    assert left_of(message(sender=UNSEEN), "message:updated", actor=None) is None
    assert left_of(message(), actor=UNSEEN) is None


def test_who_sees_everybody_and_what_is_no_message_are_left_alone() -> None:
    payload = message(sender=UNSEEN, answered=UNSEEN)
    assert GroupPrivacy().logged("message:new", UNSEEN, payload) is payload
    other = b'{"roomId": 5}'
    assert VIEW.logged("room:changed", SENDER, other) is other


def test_in_the_directory_nothing_is_there_of_their_groups_and_all_of_others() -> None:
    view = DirectoryPrivacy(hidden_ids=frozenset({UNSEEN}))
    for creator, seen in ((UNSEEN, False), (OTHER, True)):
        payload = msgspec.json.encode({"id": 5, "creatorId": creator})
        assert (view.logged("room:changed", OTHER, payload) == payload) is seen
        assert (view.shown("room:counts", payload) == ("room:counts", payload)) is seen
        assert DirectoryPrivacy().logged("room:changed", None, payload) == payload
