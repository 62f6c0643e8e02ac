"""How the load generator talks to each kind of server: the frames to send, and how to know a delivery."""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """One wire.

    `hello` are the texts sent once the WebSocket is open, `ready` a piece of the text
    that says a connection is in its room (b"": at once). `marker` and `stored_marker` occur exactly once in
    each delivered event and nowhere else; `stamp` comes before the time at which it was sent. `publish` and `store`
    frame a payload's JSON. `move` takes a connection from the room where all begin (`begins_in`, 0: in none) to
    another; `moved` is in the answer.
    """

    name: str
    path: str
    subprotocol: str | None
    hello: tuple[str, ...]
    ready: bytes
    marker: bytes = b"bench:said"
    stored_marker: bytes = b"bench:stored"
    stamp: bytes = b'"at":'
    begins_in: int = 1
    namespace: str = "/bench"

    def subprotocols(self, token: str) -> str | None:
        return self.subprotocol

    def greeting(self, token: str) -> tuple[str, ...]:
        return self.hello

    def publish(self, payload: str) -> str:
        return self._command("bench:publish", payload)

    def store(self, payload: str) -> str:
        return self._command("bench:store", payload)

    def move(self, room: int) -> str:
        return self._question("bench:move", f'{{"room":{room}}}')

    @property
    def moved(self) -> bytes:
        return b'"requestId":"moved"' if self.name == "json" else f"43{self._prefix}7[".encode()

    @property
    def _prefix(self) -> str:
        return "" if self.namespace == "/" else f"{self.namespace},"

    def _question(self, name: str, payload: str) -> str:
        if self.name == "json":
            return f'{{"requestId":"moved","type":{json.dumps(name)},"payload":{payload}}}'
        return f"42{self._prefix}7[{json.dumps(name)},{payload}]"

    def _command(self, name: str, payload: str) -> str:
        if self.name == "json":
            return f'{{"type":{json.dumps(name)},"payload":{payload}}}'
        if self.name == "socket.io":
            return f"42{self._prefix}[{json.dumps(name)},{payload}]"
        return payload


@dataclass(frozen=True, slots=True)
class Readers(Dialect):
    """The product's own words: a signed-in reader enters a chapter and comments on it. Nobody begins in one."""

    marker: bytes = b'"comment:new"'
    stored_marker: bytes = b'"comment:new"'
    stamp: bytes = b"at="
    begins_in: int = 0
    namespace: str = "/"

    def subprotocols(self, token: str) -> str | None:
        return f"{self.subprotocol}, livrya.token.{token}" if self.name == "json" else None

    def greeting(self, token: str) -> tuple[str, ...]:
        return tuple(text.replace("TOKEN", token) for text in self.hello)

    def store(self, payload: str) -> str:
        said = json.loads(payload)
        comment = {"chapterId": said["room"], "text": f"{said['n']} at={said['at']:.6f}; {said['pad']}"}
        return self._command("comment:post", json.dumps(comment))

    def move(self, room: int) -> str:
        return self._question("chapter:join", f'{{"chapterId":{room}}}')


_SOCKET_IO = "/socket.io/?EIO=4&transport=websocket"

JSON_DOOR = Dialect("json", "/ws/bench/", "livrya.v1", (), b"session:ready")
SOCKET_IO = Dialect("socket.io", _SOCKET_IO, None, ("40/bench,",), b"40/bench,")
OWN_POSITIONS = Dialect("socket.io", _SOCKET_IO, None, ('40/bench,{"recovery":false}',), b"40/bench,")
BARE = Dialect("bare", "/", None, (), b"")
READERS_JSON = Readers("json", "/ws/", "livrya.v1", (), b"session:ready")
READERS_SOCKET_IO = Readers("socket.io", _SOCKET_IO, None, ('40{"token":"TOKEN"}',), b"40{")
READERS_OWN_POSITIONS = Readers("socket.io", _SOCKET_IO, None, ('40{"token":"TOKEN","recovery":false}',), b"40{")
