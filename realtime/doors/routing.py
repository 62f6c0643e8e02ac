"""Which paths lead to the doors beside the JSON one. Put these before Django's own."""

from django.urls import path

from realtime.doors.socketio.door import SocketIOConsumer
from realtime.doors.sse import EventStreamConsumer

http_urlpatterns = [
    path("socket.io/", SocketIOConsumer.as_asgi()),
    path("events/", EventStreamConsumer.as_asgi()),
]
websocket_urlpatterns = [path("socket.io/", SocketIOConsumer.as_asgi())]
