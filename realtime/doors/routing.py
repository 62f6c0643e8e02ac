"""Which paths lead to the doors beside the JSON one. Put these before Django's own."""

from django.urls import path

from realtime.doors.socketio.door import SocketIOConsumer

http_urlpatterns = [path("socket.io/", SocketIOConsumer.as_asgi())]
websocket_urlpatterns = [path("socket.io/", SocketIOConsumer.as_asgi())]
