"""Which path leads to which door."""

from typing import Any

from django.urls import path, re_path

from realtime.consumers import JsonConsumer
from realtime.doors import routing as doors
from realtime.doors.proxies import EncryptedOnly
from realtime.doors.routers import Paths


async def no_such_door(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Refuses a handshake at a path where there is nothing."""
    await receive()
    await send({"type": "websocket.close", "code": 1008})


websocket_urlpatterns = [
    *doors.websocket_urlpatterns,
    path("ws/", JsonConsumer.as_asgi()),
    re_path(r"^ws/(?P<namespace>[a-z][a-z0-9-]*)/$", JsonConsumer.as_asgi()),
    re_path(r"", no_such_door),  # type: ignore[arg-type]  # Channels routes applications, Django's types know views
]

http_urlpatterns = doors.http_urlpatterns

websocket_application = EncryptedOnly(Paths(websocket_urlpatterns))
