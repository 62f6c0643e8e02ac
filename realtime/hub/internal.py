"""What the engine notes for itself in the log: permissions that have ended, copies to be forgotten, rooms to enter."""

import logging

import msgspec

from realtime.contracts import event_contract
from realtime.hub.authorizer import Authorizer
from realtime.hub.core import HubCore
from realtime.hub.room import HubSession, RoomState
from realtime.log.auto_rooms import RoomsChanged
from realtime.log.events import BLANKED, StoredEvent
from realtime.log.revocation import Revoked

logger = logging.getLogger(__name__)

_REVOKED = event_contract(Revoked).name
_ROOMS_CHANGED = event_contract(RoomsChanged).name


class Internals:
    """Acts on internal events, in the loop step in which they take their place in the room's order."""

    def __init__(self, hub: HubCore, authorizer: Authorizer) -> None:
        self._hub = hub
        self._authorizer = authorizer

    def carry_out(self, state: RoomState, event: StoredEvent) -> None:
        """Carries out one internal event; an unknown type (from a newer release) means nothing to this one."""
        if event.type == BLANKED:
            state.forget()
        elif event.type == _REVOKED:
            self._revoked(state, msgspec.json.decode(event.payload, type=Revoked, strict=False))
        elif event.type == _ROOMS_CHANGED:
            for session in self._watching(state):
                self._hub.spawn(session.refresh_auto_rooms())

    def ask_again(self, state: RoomState) -> None:
        """Has the permission of everybody in the room checked, because a revocation may have been missed."""
        self._revoked(state, Revoked())
        for session in self._watching(state):
            self._hub.spawn(session.recheck_identity(""))

    def _watching(self, state: RoomState) -> list[HubSession]:
        return [member.session for member in state.members if member.watching]

    def _revoked(self, state: RoomState, revoked: Revoked) -> None:
        if revoked.user_id is None:
            self._authorizer.forget(state.room)
            for session in {member.session for member in state.members if not member.watching}:
                session.recheck_room(state.name, revoked.reason)
            return
        for session in self._watching(state):
            if revoked.room is not None:
                session.recheck_room(revoked.room, revoked.reason)
            elif revoked.expel:
                session.expel(revoked.reason)
            elif revoked.credential is None:
                self._hub.spawn(session.recheck_identity(revoked.reason))
            elif session.identity.credential == revoked.credential:
                session.expel(revoked.reason)
