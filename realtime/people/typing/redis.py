"""Who types, in Redis, for several processes and hosts: one HASH per room and kind, under the hash tag {room}."""

from collections.abc import Callable, Sequence

import msgspec

from realtime.people.redis_link import RedisLink, Script
from realtime.people.typing.store import Typist, Typists

_PUT = Script.read("now", "typing_functions", "typing_put")

_REMOVE = Script.read("now", "typing_functions", "typing_remove")

_READ = Script.read("now", "typing_functions", "typing_read")


class _Entry(msgspec.Struct):
    user_id: int
    username: str
    connection_id: str
    position: int | None = None
    display_name: str = ""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Entry, strict=False).decode


class RedisTyping:
    """One process's access; `prefix` names the installation, `now_ms` replaces Redis's own clock (tests)."""

    def __init__(self, link: RedisLink, prefix: str, *, now_ms: Callable[[], int] | None = None) -> None:
        self._link = link
        self._prefix = prefix
        self._now_ms = now_ms

    async def put(self, room: str, kind: str, typist: Typist, lasts_ms: int) -> Typists | None:
        entry: dict[str, str | int] = {
            "user_id": typist.user_id,
            "username": typist.username,
            "connection_id": typist.connection_id,
            "display_name": typist.display_name,
        }
        if typist.position is not None:
            entry["position"] = typist.position
        arguments = [typist.user_id, _encode(entry).decode(), lasts_ms, self._now()]
        [reply] = await self._link.run([_PUT.call([self._key(room, kind)], arguments)])
        return _typists(reply) if reply else None

    async def remove(self, room: str, kind: str, user_id: int, connection_id: str | None = None) -> Typists | None:
        arguments = [user_id, connection_id or "", self._now()]
        [reply] = await self._link.run([_REMOVE.call([self._key(room, kind)], arguments)])
        return _typists(reply) if reply else None

    async def read(self, room: str, kinds: Sequence[str]) -> list[Typists]:
        replies = await self._link.run([_READ.call([self._key(room, kind)], [self._now()]) for kind in kinds])
        return [_typists(reply) for reply in replies]

    def _key(self, room: str, kind: str) -> str:
        return f"{self._prefix}.typing.{{{room}}}:{kind}"

    def _now(self) -> str:
        return str(self._now_ms()) if self._now_ms else ""


def _typists(reply: tuple[str, list[str]]) -> Typists:
    version, people = reply
    entries = sorted((_decode(raw) for raw in people), key=lambda entry: entry.user_id)
    return Typists(
        tuple(
            Typist(entry.user_id, entry.username, entry.connection_id, entry.position, entry.display_name)
            for entry in entries
        ),
        int(version),
    )
