"""What the halls' servers run, Daphne and uvicorn alike."""

import django

django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  # after the apps are loaded
from django.core.asgi import get_asgi_application  # noqa: E402
from django.urls import re_path  # noqa: E402

from realtime.doors.proxies import BehindProxies  # noqa: E402
from realtime.routing import http_urlpatterns, websocket_application  # noqa: E402

application = BehindProxies(
    ProtocolTypeRouter(
        {
            "http": URLRouter([*http_urlpatterns, re_path(r"", get_asgi_application())]),  # type: ignore[arg-type]
            "websocket": websocket_application,
        }
    )
)
