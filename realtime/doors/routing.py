"""Which paths lead to the doors beside the JSON one. Put these before Django's own."""

from django.urls import path

from realtime.doors.socketio.door import SocketIOConsumer
from realtime.doors.sse import EventStreamConsumer
from realtime.proxies import EncryptedOnly

http_urlpatterns = [
    path("socket.io/", EncryptedOnly(SocketIOConsumer.as_asgi())),  # type: ignore[arg-type]  # not a view
    path("events/", EncryptedOnly(EventStreamConsumer.as_asgi())),  # type: ignore[arg-type]  # not a view
]
websocket_urlpatterns = [path("socket.io/", SocketIOConsumer.as_asgi())]
