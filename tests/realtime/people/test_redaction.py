"""What people hide from each other in rooms, and what is left of what passes."""

import json

import pytest

from realtime.contracts import PERSONAL
from realtime.people.redaction import OPEN, Privacy, privacy_of
from realtime.people.typing.kinds import TYPING_EVENTS
from realtime.rooms import Grant

pytestmark = pytest.mark.either_database

BLOCKS = Privacy(hidden_ids=frozenset({7}))
JOINED = {"userId": 7, "username": "ada", "userCount": 3, "guestCount": 1, "version": 9}


def shown(view: Privacy, name: str, payload: object) -> tuple[str, object] | None:
    found = view.shown(name, json.dumps(payload).encode())
    return (found[0], json.loads(found[1])) if found else None


def test_who_hides_nothing_sees_everything_as_it_is() -> None:
    payload = b'{"userId":7}'
    assert OPEN.key is None
    assert OPEN.shown("user:joined", payload) == ("user:joined", payload)
    assert OPEN.without({"userId": 7}) == {"userId": 7}


def test_of_somebody_who_is_not_seen_the_rooms_numbers_alone_are_told() -> None:
    numbers = {"userCount": 3, "guestCount": 1, "version": 9}
    for name in ("user:joined", "user:left", "user:reconnected", "user:away"):
        assert shown(BLOCKS, name, JOINED) == ("presence:changed", numbers)
        assert shown(BLOCKS, name, JOINED | {"userId": 8}) == (name, JOINED | {"userId": 8})
    assert shown(BLOCKS, "hall:waved", {"userId": 7}) is None


def test_they_are_left_out_of_lists_however_deep_and_numbers_stay() -> None:
    told = {"userCount": 2, "users": [{"userId": 7}, {"userId": 8, "friends": [{"userId": 7}, 7]}]}
    left = {"userCount": 2, "users": [{"userId": 8, "friends": [7]}]}
    assert shown(BLOCKS, "presence:changed", told) == ("presence:changed", left)
    assert BLOCKS.without(told) == left


def test_what_names_none_of_them_goes_out_unchanged() -> None:
    payload = b'{"users": [{"userId": 8}]}'  # with its own spaces: not written anew
    assert BLOCKS.shown("presence:changed", payload) == ("presence:changed", payload)


def test_who_keeps_typing_to_themselves_sees_none() -> None:
    TYPING_EVENTS.add("odd:typing")
    try:
        assert Privacy(types_openly=False).shown("odd:typing", b"{}") is None
        assert OPEN.shown("odd:typing", b"{}") == ("odd:typing", b"{}")
        assert Privacy(types_openly=False).shown("hall:waved", b"{}") == ("hall:waved", b"{}")
    finally:
        TYPING_EVENTS.discard("odd:typing")


def test_the_words_of_who_is_not_seen_are_hidden_in_the_log() -> None:
    PERSONAL.add("odd:said")
    try:
        assert BLOCKS.logged("odd:said", 7, b"{}") is None
        assert BLOCKS.logged("odd:said", 8, b"{}") == b"{}"
        assert BLOCKS.logged("odd:said", None, b"{}") == b"{}"
        assert BLOCKS.logged("odd:settled", 7, b"{}") == b"{}"  # what is the room's own
    finally:
        PERSONAL.discard("odd:said")


def test_views_that_show_the_same_share_their_encodings() -> None:
    assert Privacy(listed=False, counted=False).key is None  # what others see of one, not what one sees
    assert BLOCKS.key == Privacy(listed=False, hidden_ids=frozenset({7})).key
    assert BLOCKS.key != Privacy(types_openly=False, hidden_ids=frozenset({7})).key != Privacy(types_openly=False).key


def test_a_grant_without_a_privacy_hides_nothing() -> None:
    assert privacy_of(None) is OPEN
    assert privacy_of(Grant()) is OPEN
    assert privacy_of(Grant(view=BLOCKS)) is BLOCKS
