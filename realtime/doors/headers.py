"""What every HTTP answer of a door says to browsers and caches, whichever way it was made."""

from collections.abc import Awaitable, Mapping
from typing import Any

from asgiref.sync import markcoroutinefunction

from realtime.doors.proxies import UNKEPT
from realtime.transport.asgi import Application, Receive, Scope, Send


class Unkept:
    """Adds to each answer that nobody keeps it, and that it is nothing but what it says it is.

    Hands on the coroutine of the application behind it: one around it would live as long as a stream.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    @markcoroutinefunction
    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        def sending(message: Mapping[str, Any]) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                more = [(name, value) for name, value in UNKEPT if name not in said]
                message = {**message, "headers": [*message["headers"], *more]}
            return send(message)

        return self._application(scope, receive, sending)
