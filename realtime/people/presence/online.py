"""Who is connected at all, on whatever page, device and process, and who is notified of it."""

import logging
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import DatabaseError, InterfaceError

from realtime.contracts import Payload
from realtime.errors import Unavailable
from realtime.hub.questions import Questions
from realtime.hub.room import HubSession
from realtime.log.revocation import UserRoom
from realtime.people.announcing import Announcer
from realtime.people.presence.local import SessionKey
from realtime.people.presence.store import PresenceChange, State
from realtime.people.presence.tracker import PresenceTracker

logger = logging.getLogger(__name__)

ONLINE = "people:online"
"""Where the store keeps it: presence like that in a room, which nobody can enter and where nothing is said."""

NOTIFIED_AT_ONCE = 200
"""So many people's contacts are looked up together: a dead process may have held thousands."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A person who is now online, or no longer. `version` grows with each change, whoever's."""

    user_id: int
    username: str
    display_name: str
    is_online: bool
    version: int


class Contacts(Protocol):
    """What a project knows of contacts. Sync and touching the database: called from an executor."""

    def showing_online(self, user_ids: Collection[int]) -> Collection[int]:
        """Returns the ids of those of whom others may see that they are there."""

    def audiences(self, user_ids: Collection[int]) -> Mapping[int, Collection[int]]:
        """Returns for each person who is notified when they come or go, by ids; who has nobody is left out."""

    def event(self, whereabouts: Whereabouts) -> Payload:
        """Returns what they are sent, each in their own room; an ephemeral event."""


_CONTACTS: list[Contacts] = []


def use_contacts(contacts: Contacts) -> None:
    """Makes the engine count who is online, and notify whom `contacts` says; once, when the project starts."""
    _CONTACTS[:] = [contacts]


class Online:
    """Counts a person once over all their sessions, and notifies their contacts on the way from 0 and to 0.

    Whoever goes is expected back for the grace, however they went: from page to page one connects anew. Changes of
    one person are sent in their order by one process; `version` settles it between several. Belongs to the hub's loop.
    """

    def __init__(
        self,
        presence: PresenceTracker,
        announcer: Announcer,
        questions: Questions,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._presence = presence
        self._announcer = announcer
        self._questions = questions
        self._spawn = spawn
        self._changed: dict[int, Whereabouts] = {}
        self._notifying = False
        presence.listen(ONLINE, self._on_change)

    async def opened(self, session: HubSession) -> None:
        """Counts a session's person, or counts them anew after their privacy changed."""
        user_id = session.identity.user_id
        if user_id is None or not _CONTACTS:
            return
        try:
            shown = await self._questions.ask(_shows_online, user_id)
        except (DatabaseError, InterfaceError, Unavailable) as error:
            logger.warning("Whether %s may be seen online is not known: %s", user_id, error)
            return
        if not session.closed:
            self._presence.note(ONLINE, session.identity, _key(session), listed=shown)

    def closed(self, session: HubSession) -> None:
        """Ends what `opened` began."""
        self._presence.leave(ONLINE, _key(session), disconnected=True, clean=False)

    async def among(self, user_ids: Collection[int]) -> set[int]:
        """Returns who of these people is online and shows it; nobody while the store is away."""
        try:
            return (await self._presence.among(ONLINE, user_ids))[0]
        except Unavailable:
            return set()

    def _on_change(self, outcome: PresenceChange) -> None:
        came, went = outcome.was is State.GONE, outcome.now is State.GONE
        if came is went:
            return
        self._changed[outcome.user_id] = Whereabouts(
            outcome.user_id,
            outcome.username,
            outcome.display_name or outcome.username,
            came,
            outcome.counts.version,
        )
        if not self._notifying:
            self._notifying = True
            self._spawn(self._notify_all())

    async def _notify_all(self) -> None:
        try:
            while self._changed:
                await self._notify([self._changed.pop(user_id) for user_id in list(self._changed)[:NOTIFIED_AT_ONCE]])
        finally:
            self._notifying = False

    async def _notify(self, due: Sequence[Whereabouts]) -> None:
        try:
            audiences = await self._questions.ask(_audiences, frozenset(one.user_id for one in due))
            shown, hidden = await self._presence.among(
                ONLINE, {one for audience in audiences.values() for one in audience}
            )
            here = shown | hidden
            for whereabouts in due:
                if recipients := here.intersection(audiences.get(whereabouts.user_id, ())):
                    payload = _CONTACTS[0].event(whereabouts)
                    for user_id in recipients:
                        self._announcer.everywhere(UserRoom(user_id).name, payload, version=whereabouts.version)
        except Unavailable as outage:
            logger.warning("The contacts of %d people were not notified: %s", len(due), outage)
        except Exception:
            logger.exception("The contacts of %d people were not notified.", len(due))


def _shows_online(user_ids: list[int]) -> list[bool]:
    showing = set(_CONTACTS[0].showing_online(user_ids))
    return [user_id in showing for user_id in user_ids]


def _audiences(asked: list[frozenset[int]]) -> list[Mapping[int, Collection[int]]]:
    return [_CONTACTS[0].audiences(user_ids) for user_ids in asked]


def _key(session: HubSession) -> SessionKey:
    return SessionKey(session.connection.id, session.namespace.name)
