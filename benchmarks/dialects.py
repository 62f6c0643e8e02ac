"""How the load generator talks to each kind of server: the frames to send, and how to know a delivery."""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """One wire.

    `hello` are the texts sent once the WebSocket is open, `ready` a piece of the text
    that says a connection is in its room (b"": at once). `marker` and `stored_marker` stand exactly once in
    each delivered event and nowhere else. `publish` and `store` frame a payload's JSON. `move` takes a connection
    from room 1, where all begin, to another; `moved` is in the answer.
    """

    name: str
    path: str
    subprotocol: str | None
    hello: tuple[str, ...]
    ready: bytes
    marker: bytes = b"bench:said"
    stored_marker: bytes = b"bench:stored"

    def publish(self, payload: str) -> str:
        return self._command("bench:publish", payload)

    def store(self, payload: str) -> str:
        return self._command("bench:store", payload)

    def move(self, room: int) -> str:
        if self.name == "json":
            return f'{{"requestId":"moved","type":"bench:move","payload":{{"room":{room}}}}}'
        return f'42/bench,7["bench:move",{{"room":{room}}}]'

    @property
    def moved(self) -> bytes:
        return b'"requestId":"moved"' if self.name == "json" else b"43/bench,7["

    def _command(self, name: str, payload: str) -> str:
        if self.name == "json":
            return f'{{"type":{json.dumps(name)},"payload":{payload}}}'
        if self.name == "socket.io":
            return f"42/bench,[{json.dumps(name)},{payload}]"
        return payload


JSON_DOOR = Dialect("json", "/ws/bench/", "livrya.v1", (), b"session:ready")
SOCKET_IO = Dialect("socket.io", "/socket.io/?EIO=4&transport=websocket", None, ("40/bench,",), b"40/bench,")
BARE = Dialect("bare", "/", None, (), b"")
