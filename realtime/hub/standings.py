"""Where sessions stand, found and told once for all that stand at the same place."""

from collections.abc import Iterable
from typing import Any, Generic, TypeAlias, TypeVar
from weakref import WeakValueDictionary

from realtime.transport.write_batch import Recipients

P = TypeVar("P")

AtOnePlace: TypeAlias = tuple[Any, Recipients]
"""One of the sessions that stand at the same place, and the connections of them all; None where each stands alone."""


class Standing(Generic[P]):
    """What sessions that are live in the same rooms, and nowhere else, have in common: where they stand.

    `packet` is how their door says so, as of the hub's `moment`.
    """

    __slots__ = ("__weakref__", "moment", "packet")

    def __init__(self) -> None:
        self.moment = -1
        self.packet: P | None = None


class Standings:
    """The standings of one hub's sessions. Belongs to its loop."""

    def __init__(self) -> None:
        self.changes = 0
        """Another number whenever any session's rooms are others."""
        self._shared: WeakValueDictionary[tuple[object, ...], Standing[Any]] = WeakValueDictionary()

    def of(self, session: Any) -> Standing[Any] | None:
        """Returns the session's standing, None while it is not live in all of its rooms."""
        if session.standing is None:
            session.standing = self._find(session)
        standing: Standing[Any] | None = session.standing
        return standing

    def crowds(self, members: Iterable[Any]) -> list[AtOnePlace]:
        """Returns members, live in one room, by where their sessions stand."""
        by_standing: dict[Standing[Any] | None, list[Any]] = {}
        for member in members:
            by_standing.setdefault(self.of(member.session), []).append(member)
        alone = by_standing.pop(None, [])
        crowds: list[AtOnePlace] = []
        for together in by_standing.values():
            if len(together) > 1:
                crowds.append((together[0].session, Recipients(member.connection for member in together)))
            else:
                alone += together
        if alone:
            crowds.append((None, Recipients(member.connection for member in alone)))
        return crowds

    def _find(self, session: Any) -> Standing[Any] | None:
        key: list[object] = [session.namespace.name]
        for member in session.memberships.values():
            if not member.is_live:
                return None
            key += (member.state, member.present)
        shared = tuple(key)
        standing = self._shared.get(shared)
        if standing is None:
            standing = self._shared[shared] = Standing()
        return standing
