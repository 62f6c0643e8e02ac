"""`python -m benchmarks.choices.crowd_server --port N`: the server of `benchmarks.server`, whose crowd has names.

Everybody is signed in and is in three kinds of room: that of all, one of their own, and 10 of 200 others. SIGUSR1
has what is for a crowd written by the transports from then on, SIGUSR2 sends it past them again.
"""

import os
import signal
from collections.abc import Sequence

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.choices.crowd_settings"

from benchmarks import namespace, server
from benchmarks.namespace import BenchRoom
from realtime.identity import ANONYMOUS, Identity
from realtime.transport.packets import Packet
from realtime.transport.write_batch import Recipients, WriteBatch

_OWN_ROOMS = 100_000
_OTHER_ROOMS = 1_000
_OTHERS, _OTHERS_EACH = 200, 10

_past_transports = WriteBatch._hand_over


class Numbered:
    """Knows people by the number that is their session's key; see `realtime.identity.Authenticator`."""

    def from_session(self, session_key: str) -> Identity:
        if not session_key.isdigit():
            return ANONYMOUS
        return Identity(int(session_key), f"person{session_key}", credential=f"session:{session_key}")

    def from_token(self, token: str) -> Identity:
        return self.from_session(token)

    def still_valid(self, identities: list[Identity]) -> list[bool]:
        return [True] * len(identities)


def rooms_of(identity: Identity) -> Sequence[BenchRoom]:
    """Returns the rooms that somebody is in from the start."""
    if identity.user_id is None:
        return [BenchRoom(1)]
    number = identity.user_id
    others = {_OTHER_ROOMS + (number * 7 + step * 13) % _OTHERS for step in range(_OTHERS_EACH)}
    return [BenchRoom(1), BenchRoom(_OWN_ROOMS + number), *map(BenchRoom, sorted(others))]


def _by_transports(self: WriteBatch, packet: Packet, crowd: Recipients) -> None:
    """Does what sending past the transports is instead of, with nothing around the loop."""
    frame = packet.frame
    for connection in crowd.connections:
        direct = connection.direct
        if direct is None:
            connection.hand_over(packet)
            continue
        try:
            direct.write(frame)
        except Exception:
            connection.broken()


def _choose(way: object) -> object:
    def choose(number: int, frame: object) -> None:
        WriteBatch._hand_over = way  # type: ignore[method-assign,assignment]

    return choose


if __name__ == "__main__":
    namespace.namespace.auto_rooms = rooms_of
    signal.signal(signal.SIGUSR1, _choose(_by_transports))  # type: ignore[arg-type]
    signal.signal(signal.SIGUSR2, _choose(_past_transports))  # type: ignore[arg-type]
    server.main()
