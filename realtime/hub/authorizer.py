"""What a hub asks the project about people: may they be here, which rooms are theirs; together where it can."""

import asyncio
from collections.abc import Mapping, Sequence

from realtime.contracts import Payload
from realtime.hub.batcher import Batcher
from realtime.hub.threads import DatabaseThreads
from realtime.identity import ANONYMOUS, Identity, authenticator
from realtime.namespaces import Namespace
from realtime.rooms import Grant, Room, authorise, authorise_many, shares_questions

_KEPT_SECONDS = 1.0


class Authorizer:
    """Each is answered from a reading that began after it was asked, with one exception; anonymous sessions share
    theirs, and many sessions share those about rooms whose policy answers for many.

    What guests may see is the same for all of them, and is kept for a second, so that guests who come one after another
    cost by rooms too. A revocation in the room forgets it, and finds those who entered while it was on its way.
    """

    def __init__(self, threads: DatabaseThreads) -> None:
        self._threads = threads
        self._validity: Batcher[Identity, bool] = Batcher(
            threads, lambda identities: authenticator().still_valid(identities)
        )
        self._granted: dict[Room, tuple[float, Grant]] = {}
        self._forgotten = 0
        self._guests: Batcher[Room, Grant | None] = Batcher(threads, _guest_grants)
        self._shared: Batcher[tuple[Identity, Room], Grant | None] = Batcher(threads, authorise_many)
        self._guest_rooms: Batcher[Namespace, Sequence[Room]] = Batcher(
            threads, lambda namespaces: [namespace.auto_rooms(ANONYMOUS) for namespace in namespaces]
        )
        self._guest_greetings: Batcher[Namespace, Sequence[tuple[Room, Payload]]] = Batcher(
            threads,
            lambda namespaces: [
                namespace.greeting(ANONYMOUS) if namespace.greeting else () for namespace in namespaces
            ],
        )

    async def still_valid(self, identity: Identity) -> bool:
        """Asks whether the sign-in of an identity still holds."""
        return identity.is_anonymous or await self._validity.ask(identity)

    async def authorise(self, identity: Identity, rooms: list[Room]) -> Mapping[Room, Grant | None]:
        """Asks the rooms' policies, see `realtime.rooms.authorise`."""
        if identity.is_anonymous:
            return await self._guest_answers(rooms)
        shared = [room for room in rooms if shares_questions(room)]
        answers = await asyncio.gather(*[self._shared.ask((identity, room)) for room in shared])
        told = dict(zip(shared, answers, strict=True))
        if len(shared) < len(rooms):
            told |= await self._threads.run(authorise, identity, [room for room in rooms if room not in told])
        return told

    async def _guest_answers(self, rooms: list[Room]) -> Mapping[Room, Grant | None]:
        now = asyncio.get_running_loop().time()
        answers: dict[Room, Grant | None] = {
            room: known[1] for room in rooms if (known := self._granted.get(room)) is not None and known[0] > now
        }
        unknown = [room for room in rooms if room not in answers]
        forgotten = self._forgotten
        answers |= zip(unknown, await asyncio.gather(*[self._guests.ask(room) for room in unknown]), strict=True)
        if forgotten == self._forgotten:  # else the reading may be older than what was forgotten
            self._granted |= {room: (now + _KEPT_SECONDS, grant) for room in unknown if (grant := answers[room])}
        return answers

    def forget(self, room: Room) -> None:
        """Has the next guest asked about anew: permission to be in the room may have ended."""
        self._forgotten += 1
        self._granted.pop(room, None)

    async def auto_rooms(self, namespace: Namespace, identity: Identity) -> Sequence[Room]:
        """Asks a namespace which rooms are entered on connect."""
        if not identity.is_anonymous:
            return await self._threads.run(namespace.auto_rooms, identity)
        return await self._guest_rooms.ask(namespace)

    async def greeting(self, namespace: Namespace, identity: Identity) -> Sequence[tuple[Room, Payload]]:
        """Asks a namespace what is said on connect."""
        if namespace.greeting is None:
            return ()
        if not identity.is_anonymous:
            return await self._threads.run(namespace.greeting, identity)
        return await self._guest_greetings.ask(namespace)


def _guest_grants(rooms: list[Room]) -> list[Grant | None]:
    answers = authorise(ANONYMOUS, rooms)
    return [answers[room] for room in rooms]
