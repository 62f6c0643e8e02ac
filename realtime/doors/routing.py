"""Which paths lead to the doors beside the JSON one. Put these before Django's own."""

from django.urls import path, re_path

from realtime.doors.headers import Unkept
from realtime.doors.proxies import EncryptedOnly
from realtime.doors.socketio.door import socket_io
from realtime.doors.sse import EventStreamConsumer
from realtime.doors.yjs.hocuspocus import HocuspocusConsumer
from realtime.doors.yjs.ywebsocket import YWebSocketConsumer

http_urlpatterns = [
    path("socket.io/", Unkept(EncryptedOnly(socket_io))),  # type: ignore[arg-type]  # not a view
    path("events/", Unkept(EncryptedOnly(EventStreamConsumer.as_asgi()))),  # type: ignore[arg-type]  # not a view
]
websocket_urlpatterns = [
    path("socket.io/", socket_io),  # type: ignore[arg-type]  # as above
    re_path(r"^hocuspocus(?:/.*)?$", HocuspocusConsumer.as_asgi()),
    re_path(r"^yjs/(?P<document>.+)$", YWebSocketConsumer.as_asgi()),
]
