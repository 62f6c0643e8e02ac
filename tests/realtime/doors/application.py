"""The engine's doors over the halls, as a real server serves them."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.realtime.settings")
django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  # after the apps are loaded

from realtime import routing  # noqa: E402
from realtime.doors.routing import http_urlpatterns, websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": URLRouter(http_urlpatterns),
        "websocket": URLRouter([*websocket_urlpatterns, *routing.websocket_urlpatterns]),
    }
)
