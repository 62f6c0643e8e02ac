"""Who is typing in a group this moment."""

from realtime.contracts import Alias, Id, Payload, command, event
from realtime.people import Typists, declare_typing
from social.events.rooms import GroupRoom

SECONDS = 10.0
"""Typing that is not repeated ends after this long."""

_OLDER = {"groupId": "roomId"}


@command("typing:start", aliases=[Alias("typing_start", ("roomId",), _OLDER)])
class StartTyping(Payload):
    """Tell the others that you are typing; to be repeated at least every 10 seconds while you are.

    Nothing is shown in groups of more than 100 people, nor of people who keep their typing to themselves.
    """

    room_id: Id


@command("typing:stop", aliases=[Alias("typing_stop", ("roomId",), _OLDER)])
class StopTyping(Payload):
    """Tell the others that you stopped; sending a message, leaving and losing the connection stop it too."""

    room_id: Id


class TypingMember(Payload):
    """Somebody who types."""

    user_id: int
    username: str
    display_name: str


@event("typing:changed", rooms=[GroupRoom], durable=False, conflate_by=())
class TypingChanged(Payload):
    """Everybody else who types in the group, each time it changes; whoever stops falls out by themselves.

    On the connection on which one types oneself one is left out; other devices of the same person leave out their
    own id. An older `version` than the one known is to be ignored.
    """

    room_id: int
    users: list[TypingMember]
    version: int


def _tell(room: GroupRoom, typists: Typists) -> TypingChanged:
    users = [
        TypingMember(
            user_id=typist.user_id, username=typist.username, display_name=typist.display_name or typist.username
        )
        for typist in typists.people
    ]
    return TypingChanged(room_id=room.group_id, users=users, version=typists.version)


TYPING = declare_typing("message", rooms=[GroupRoom], lasts_seconds=SECONDS, payload=TypingChanged, event=_tell)
