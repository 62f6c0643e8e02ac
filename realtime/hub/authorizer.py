"""What a hub asks the project about people: may they be here, which rooms are theirs; in batches for all of them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from realtime.contracts import Payload
from realtime.hub.questions import Questions
from realtime.identity import ANONYMOUS, Identity, authenticator, from_sessions, from_tokens
from realtime.namespaces import Namespace, for_each
from realtime.rooms import Grant, Room, authorise_many

A = TypeVar("A")

_KEPT_SECONDS = 1.0


class Authorizer:
    """Each is answered from a reading that began after it was asked, with one exception: what guests may see is the
    same for all of them, and is kept for a second, so that guests who come one after another cost by rooms too.
    A revocation in the room forgets it, and finds those who entered while it was on its way.

    All are asked when they are called, not when they are awaited: what is called first is read first, or in the same
    snapshot.
    """

    def __init__(self, questions: Questions) -> None:
        self._questions = questions
        self._granted: dict[Room, tuple[float, Grant]] = {}
        self._forgotten = 0

    def from_token(self, token: str) -> Awaitable[Identity]:
        """Asks whose a token is. Raises Unauthenticated or TokenExpired."""
        return self._questions.ask(from_tokens, token)

    def from_session(self, session_key: str) -> Awaitable[Identity]:
        """Asks whose a login session is; ANONYMOUS when it is unknown or has ended."""
        return self._questions.ask(from_sessions, session_key)

    def still_valid(self, identity: Identity) -> Awaitable[bool]:
        """Asks whether the sign-in of an identity still holds."""
        return _known(True) if identity.is_anonymous else self._questions.ask(_still_valid, identity)

    def authorise(self, identity: Identity, rooms: Sequence[Room]) -> Awaitable[Mapping[Room, Grant | None]]:
        """Asks the rooms' policies, see `realtime.rooms.authorise`."""
        if not identity.is_anonymous:
            return self._questions.ask(authorise_many, (identity, tuple(rooms)))
        now = asyncio.get_running_loop().time()
        known = {room: kept[1] for room in rooms if (kept := self._granted.get(room)) is not None and kept[0] > now}
        if len(known) == len(rooms):
            return _known(known)
        asked = self._questions.ask(authorise_many, (ANONYMOUS, tuple(room for room in rooms if room not in known)))
        asked.add_done_callback(partial(self._keep, now + _KEPT_SECONDS, self._forgotten))
        return asyncio.ensure_future(_with_known(known, asked)) if known else asked

    def _keep(self, until: float, forgotten: int, asked: "asyncio.Future[Mapping[Room, Grant | None]]") -> None:
        if asked.cancelled() or asked.exception() is not None:
            return
        if forgotten == self._forgotten:  # else the reading may be older than what was forgotten
            self._granted |= {room: (until, grant) for room, grant in asked.result().items() if grant}

    def forget(self, room: Room) -> None:
        """Has the next guest asked about anew: permission to be in the room may have ended."""
        self._forgotten += 1
        self._granted.pop(room, None)

    def auto_rooms(self, namespace: Namespace, identity: Identity) -> Awaitable[Sequence[Room]]:
        """Asks a namespace which rooms are entered on connect."""
        return self._questions.ask(_auto_rooms, (namespace, ANONYMOUS if identity.is_anonymous else identity))

    def greeting(self, namespace: Namespace, identity: Identity) -> Awaitable[Sequence[tuple[Room, Payload]]]:
        """Asks a namespace what is said on connect."""
        if namespace.greeting is None:
            return _known(())
        return self._questions.ask(_greetings, (namespace, ANONYMOUS if identity.is_anonymous else identity))


def _known(answer: A) -> "asyncio.Future[A]":
    future: asyncio.Future[A] = asyncio.get_running_loop().create_future()
    future.set_result(answer)
    return future


async def _with_known(
    known: Mapping[Room, Grant | None], asked: Awaitable[Mapping[Room, Grant | None]]
) -> Mapping[Room, Grant | None]:
    return {**known, **await asked}


def _still_valid(identities: list[Identity]) -> Sequence[bool]:
    return authenticator().still_valid(identities)


def _auto_rooms(asked: list[tuple[Namespace, Identity]]) -> list[Sequence[Room]]:
    return _in_namespaces(asked, lambda namespace: namespace.auto_rooms)


def _greetings(asked: list[tuple[Namespace, Identity]]) -> list[Sequence[tuple[Room, Payload]]]:
    return _in_namespaces(asked, lambda namespace: namespace.greeting or (lambda identity: ()))


def _in_namespaces(
    asked: list[tuple[Namespace, Identity]], answer: Callable[[Namespace], Callable[[Identity], A]]
) -> list[A]:
    answers: dict[tuple[Namespace, Identity], A] = {}
    for namespace in dict.fromkeys(namespace for namespace, _ in asked):
        pairs = [pair for pair in asked if pair[0] is namespace]
        answers |= zip(pairs, for_each(answer(namespace), [identity for _, identity in pairs]), strict=True)
    return [answers[pair] for pair in asked]
