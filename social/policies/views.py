"""What is left of groups' events for somebody who does not see some of the people in them."""

from dataclasses import dataclass

import msgspec

from realtime.people import Privacy, decoded

_MESSAGES = ("message:new", "message:updated")


@dataclass(frozen=True, slots=True)
class GroupPrivacy(Privacy):
    """In a group: also what a third person answers, or whom they name, when that is somebody hidden."""

    def logged(self, event_type: str, actor_id: int | None, payload: bytes) -> bytes | None:
        """Returns a message without what it says of people who are hidden; the words are its sender's own."""
        if event_type not in _MESSAGES or not self.hidden_ids:
            return payload
        if actor_id in self.hidden_ids:
            return None
        message = decoded(payload)
        # A moderator's or the system's act is not the sender's own.
        if message["sender"]["id"] in self.hidden_ids:
            return None
        answered, named = (
            message["replyTo"],
            [user_id for user_id in message["mentions"] if user_id not in self.hidden_ids],
        )
        if answered is not None and answered["senderId"] in self.hidden_ids:
            answered = None
        if answered == message["replyTo"] and named == message["mentions"]:
            return payload
        return msgspec.json.encode({**message, "replyTo": answered, "mentions": named})


@dataclass(frozen=True, slots=True)
class DirectoryPrivacy(Privacy):
    """In the directory: nothing of groups whose creator one does not see, as the list over HTTP has it."""

    def logged(self, event_type: str, actor_id: int | None, payload: bytes) -> bytes | None:
        """Hides what concerns a group of theirs, whoever did it."""
        return None if self._is_theirs(payload) else payload

    def shown(self, event_type: str, payload: bytes) -> tuple[str, bytes] | None:
        """Leaves out the numbers of their groups."""
        return None if self._is_theirs(payload) else (event_type, payload)

    def _is_theirs(self, payload: bytes) -> bool:
        return bool(self.hidden_ids) and decoded(payload).get("creatorId") in self.hidden_ids
