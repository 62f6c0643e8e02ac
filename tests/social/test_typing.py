"""How who types in a group is written for the others."""

from realtime.people import Typists
from realtime.people.typing.store import Typist
from social.events import GroupRoom
from social.events.typing import TYPING, TypingChanged, TypingMember


def test_everybody_who_types_is_named_as_they_are_called() -> None:
    typists = Typists((Typist(7, "ada", "c1", display_name="Ada L."), Typist(8, "bob", "c2")), version=3)
    assert TYPING.event(GroupRoom(5), typists) == TypingChanged(
        room_id=5,
        users=[
            TypingMember(user_id=7, username="ada", display_name="Ada L."),
            TypingMember(user_id=8, username="bob", display_name="bob"),
        ],
        version=3,
    )
