"""Channels' routers, handing on the coroutine of what they find, and the scope as it is.

A coroutine of their own around it, and their copy of the scope, would stay in memory for as long as a socket is open.
"""

from collections.abc import Awaitable
from typing import Any

from asgiref.sync import markcoroutinefunction
from channels.routing import ProtocolTypeRouter, URLRouter

from realtime.transport.asgi import Receive, Send


class Doors(ProtocolTypeRouter):  # type: ignore[misc]  # channels is untyped
    """Routes by the kind of connection."""

    @markcoroutinefunction
    def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> Awaitable[None]:
        application = self.application_mapping.get(scope["type"])
        if application is None:
            raise ValueError(f"Nothing is served over {scope['type']}.")
        handed_on: Awaitable[None] = application(scope, receive, send)
        return handed_on


class Paths(URLRouter):  # type: ignore[misc]  # as above
    """Routes by path, as the outermost; what it has found is in `scope["url_route"]`, as Channels has it."""

    @markcoroutinefunction
    def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> Awaitable[None]:
        path, root = scope["path"], scope.get("root_path", "")
        if path.startswith(root):
            for route in self.routes:
                if (found := route.pattern.match(path[len(root) :].lstrip("/"))) is not None:
                    rest, arguments, named = found
                    scope["path_remaining"] = rest
                    scope["url_route"] = {"args": arguments, "kwargs": named | route.default_args}
                    handed_on: Awaitable[None] = route.callback(scope, receive, send)
                    return handed_on
        raise ValueError(f"No route found for path {path!r}.")
